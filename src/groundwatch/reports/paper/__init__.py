"""Reports on paper: PDF of A4 pages, made with ReportLab."""
