"""Reports: what a day, a week or a period came to, for the screen, the mail and paper."""
