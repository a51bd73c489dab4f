"""HTML mail → blocks. What may not live here: anything that loads, runs or draws.

bounds      the source, bounded so that every parser is linear in it
css         style sheets and ``style=``: declarations, selectors, rules
lengths     lengths, font sizes and colours as numbers
style       the computed style of an element, by inheritance
scripts     raised and lowered letters
lists       marks of list items
drafts      runs of text → spans, lines → blocks
tables      data or layout; columns, spans
replies     quotations, originals, signatures
reader      the walk over the tree: ``read_html``

The tree is selectolax's (lexbor): the rules of the HTML standard, by which browsers read what is broken, in a
twentieth of the time they would take in Python. It is loaded with this package, which nothing loads before
there is an HTML mail to read.
"""

from imapcore.mime.html.reader import Reading, read_html

__all__ = ["Reading", "read_html"]
