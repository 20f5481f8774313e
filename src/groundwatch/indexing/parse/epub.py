"""EPUB: the chapters in reading order, each as a web page."""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote
from zipfile import ZipFile

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.media import decode
from groundwatch.indexing.parse.archive import damaged, member, open_archive
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.html import add_page
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.parse.xml_tree import Element, local_name, tree_of

_CONTAINER = "META-INF/container.xml"
_PAGES = ("application/xhtml+xml", "text/html")


def parse(data: bytes) -> Parsed:
    """Parse a book; a chapter is a page."""
    builder = TextBuilder()
    with open_archive(data, with_doctype=True) as archive:
        if "META-INF/encryption.xml" in archive.namelist() and _is_protected(archive):
            raise DocumentRejected("parse", "encrypted", "The book is copy-protected.")
        path = _package_path(archive)
        package = tree_of(_read(archive, path), path)
        for chapter in _chapters(package, path):
            builder.page()
            add_page(builder, decode(_read(archive, chapter)))
    titles = [at.text or "" for at in package.iter() if local_name(at) == "title"]
    return builder.build(titles[0] if titles else "")


def _read(archive: ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        raise damaged()
    return member(archive, name)


def _is_protected(archive: ZipFile) -> bool:
    """Tell encrypted text from fonts that are merely obfuscated."""
    return b".xhtml" in _read(archive, "META-INF/encryption.xml")


def _package_path(archive: ZipFile) -> str:
    container = tree_of(_read(archive, _CONTAINER), _CONTAINER)
    for element in container.iter():
        if local_name(element) == "rootfile" and element.get("full-path"):
            return str(element.get("full-path"))
    raise damaged()


def _chapters(package: Element, path: str) -> Iterator[str]:
    items = [at for at in package.iter() if local_name(at) == "item"]
    pages = {at.get("id"): at.get("href") for at in items if at.get("media-type") in _PAGES}
    for reference in package.iter():
        if local_name(reference) == "itemref" and (href := pages.get(reference.get("idref"))):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(href)))
