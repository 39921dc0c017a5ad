"""The envelope: well-formed XML in a charset that SOAP allows, Header before Body, and nothing beside them."""

from __future__ import annotations

from lxml import etree

from ..messages.tree import charset_of, find_instruction
from ..model import ENVELOPE, ENVELOPE12, namespace
from .case import DENIES, ODD_SPACE, REFUSES, SOAP, WSI, Case, Rule, is_odd_space, shown, stray_text, tag, tag_and_space
from .frame import Frame
from .http import is_foreign, names_bad_charset

_HEADER, _BODY = f"{{{ENVELOPE}}}Header", f"{{{ENVELOPE}}}Body"

NOT_WELLFORMED = Rule(
    "envelope-not-wellformed", "soap", f"{SOAP}, section 3; XML 1.0", "a message is one well-formed XML document",
    "look at the place named: truncated, unescaped, or more than one root",
    "Mono still answers 200 where only the tail is cut off or text follows the root"
)  # fmt: skip
DTD = Rule(
    "envelope-dtd", "soap", f"{SOAP}, section 3", "a message has no document type declaration",
    "leave the DTD and its entities out", "drops the connection"
)  # fmt: skip
CHARSET = Rule(
    "envelope-charset", "wsi", f"{WSI}, R1012", "a message is in UTF-8 or UTF-16",
    "encode it in UTF-8 and declare that", "answers 415"
)  # fmt: skip
CHARSET_MISMATCH = Rule(
    "envelope-charset-mismatch", "soap", f"RFC 7303, section 3; {WSI}, R1012",
    "the bytes are in the charset that Content-Type names", "make charset and bytes agree",
    "Mono reads UTF-16 all the same, and bytes that are not UTF-8 as U+FFFD"
)  # fmt: skip
_FLAWS = {
    "not-wellformed": NOT_WELLFORMED,
    "doctype": DTD,
    "charset": CHARSET,
    "charset-mismatch": CHARSET_MISMATCH,
}


def silent(case: Case) -> bool:
    return case.faultless != "nothing"


def check(case: Case) -> None:
    """The bytes, then the frame."""
    parsed = case.parsed
    if parsed is None:
        return  # its head said that there is no envelope to look for
    flaw = parsed.flaw
    if parsed.root is None:
        if flaw is not None and not is_foreign(case) and not names_bad_charset(case.head):
            first = case.message.line
            line = None if flaw.line is None or first is None else first + flaw.line - 1
            case.add(_FLAWS[flaw.kind], "/", expected=flaw.expected, found=flaw.found, hint=flaw.hint, line=line)
        return
    if case.frame is None:
        _check_root(case, parsed.root)
        return
    if flaw is not None:
        named = case.head is not None and charset_of(case.head.headers.get("Content-Type")) is not None
        where = "Content-Type" if named else parsed.root
        case.add(_FLAWS[flaw.kind], where, expected=flaw.expected, found=flaw.found)
    if not parsed.plain:
        _check_instructions(case, parsed.root)
    if not silent(case):
        _check_frame(case, case.frame)


ROOT = Rule(
    "envelope-root", "soap", f"{SOAP}, section 4", "the root element is the SOAP Envelope",
    "the root is Envelope of http://schemas.xmlsoap.org/soap/envelope/", "drops the connection"
)  # fmt: skip


def _check_root(case: Case, root: etree._Element) -> None:
    case.add(ROOT, root, expected=f"<Envelope> of {ENVELOPE}", found=tag_and_space(str(root.tag)))


PROCESSING_INSTRUCTION = Rule(
    "envelope-processing-instruction", "soap", f"{SOAP}, section 3", "a message has no processing instructions",
    "leave it out", "skips it and answers 200"
)  # fmt: skip


def _check_instructions(case: Case, root: etree._Element) -> None:
    found = find_instruction(root, case.message.data)
    if found is not None:
        holder = found.getparent()
        where = root if holder is None else holder
        case.add(PROCESSING_INSTRUCTION, where, expected="no processing instruction", found="one")


VERSION = Rule(
    "envelope-version", "wsdl", "the WSDL's soap:binding", f"the Envelope is {SOAP}, as the binding declares",
    "use http://schemas.xmlsoap.org/soap/envelope/", "answers 415, or drops the connection"
)  # fmt: skip
HEADER_TWICE = Rule(
    "envelope-header-twice", "soap", f"{SOAP}, section 4", "an Envelope has at most one Header",
    "put all header blocks in one Header", "reads the first only"
)  # fmt: skip
HEADER_AFTER_BODY = Rule(
    "envelope-header-after-body", "soap", f"{SOAP}, section 4", "Header comes before Body", "move Header before Body",
    DENIES
)  # fmt: skip
HEADER_OUTSIDE = Rule(
    "envelope-header-outside", "soap", f"{SOAP}, section 4.2", "header blocks stand in Header",
    "put it into Header: the page's own example has it beside Body", "drops the connection"
)  # fmt: skip
BODY_MISSING = Rule(
    "envelope-body-missing", "soap", f"{SOAP}, section 4", "an Envelope has a Body",
    "put the operation's element in a Body", REFUSES
)  # fmt: skip
BODY_TWICE = Rule(
    "envelope-body-twice", "soap", f"{SOAP}, section 4", "an Envelope has one Body", "send one message for each",
    "reads the first and ignores the second"
)  # fmt: skip
AFTER_BODY = Rule(
    "envelope-after-body", "wsi", f"{WSI}, R1011", "nothing follows Body in an Envelope", "leave it out", "ignores it"
)  # fmt: skip


def _check_frame(case: Case, frame: Frame) -> None:
    messages = case.operation.messages if case.operation else ()
    declared = {name for message in messages for name in message.headers}
    if frame.space == ENVELOPE12:
        case.add(VERSION, frame.root, expected=f"Envelope of {ENVELOPE}", found="Envelope of SOAP 1.2")
    _check_children(case, frame, declared)
    if frame.header is not None and frame.header.getparent() is frame.body:
        case.add(HEADER_AFTER_BODY, frame.header, expected="Header before Body", found="Header in Body")
    # Where there is no Body, what stands beside Header may be what it should hold.
    if frame.body is None:
        frame.outside = [c for c in frame.outside if c.tag in declared]
    if frame.outside:
        names = ", ".join(tag(str(c.tag)) for c in frame.outside[:5])
        case.add(HEADER_OUTSIDE, frame.outside[0], expected="header blocks in Header", found=f"{names} beside Body")
    if frame.body is None:
        case.add(BODY_MISSING, frame.root, expected="Body", found="no Body")
    _check_content(case, frame)


def _check_children(case: Case, frame: Frame, declared: set[str]) -> None:
    """The children of Envelope in order. ``declared`` headers beside Body are misplaced rather than unknown."""
    head, body = f"{{{frame.space}}}Header", f"{{{frame.space}}}Body"
    seen_body = False
    for child in frame.root.iterchildren(tag=etree.Element):
        name = str(child.tag)
        if child is frame.header or name == head:
            if name != head:
                case.add(HEADER_OUTSIDE, child, expected="header blocks in Header", found=tag_and_space(name))
            if seen_body and child is frame.header:
                case.add(HEADER_AFTER_BODY, child, expected="Header before Body", found="Header after Body")
            elif child is not frame.header:
                case.add(HEADER_TWICE, child, expected="one Header", found="a second one")
        elif child is frame.body or name == body:
            if name != body:
                expected = f"<Body> of {frame.space}"
                case.add(BODY_MISSING, frame.root, expected=expected, found=tag_and_space(name))
            if seen_body:
                case.add(BODY_TWICE, child, expected="one Body", found="a second one")
            seen_body = True
        elif seen_body:
            found = "a header block" if name in declared else tag(name)
            case.add(AFTER_BODY, child, expected="nothing after Body", found=found)


TEXT = Rule(
    "envelope-text", "soap", f"{SOAP}, section 4", "Envelope, Header and Body hold elements, no text",
    "leave the text out", "ignores it"
)  # fmt: skip
ATTRIBUTE = Rule(
    "envelope-attribute", "soap", f"{SOAP}, section 4, and its schema",
    "attributes of Envelope and Header are in a namespace", "leave the attribute out", "ignores it"
)  # fmt: skip


def _check_content(case: Case, frame: Frame) -> None:
    for holder in (frame.root, frame.header, frame.body):
        if holder is None:
            continue
        bare = [] if holder is frame.body else [str(name) for name in holder.attrib if not namespace(str(name))]
        if bare:
            case.add(ATTRIBUTE, holder, expected="attributes that are in a namespace", found=f"{bare[0]} in none")
        stray = stray_text(holder)
        if stray:
            hint = ""
            if holder is not frame.root and not len(holder) and "<" in stray:
                hint = "what belongs here stands here as text: send it as XML, not escaped and not in CDATA"
            fault = ODD_SPACE if is_odd_space(stray) else None
            case.add(TEXT, holder, expected="elements only", found=shown(stray, holder), hint=hint, fault=fault)


ENCODING_STYLE = Rule(
    "envelope-encoding-style", "wsi", f"{WSI}, R1005, R1007", "no encodingStyle: the binding is literal",
    "leave the attribute out", "ignores it", "note"
)  # fmt: skip


def note(case: Case) -> None:
    """What is worth knowing of an envelope."""
    frame = case.frame
    for node in (frame.root, frame.header, frame.body) if frame else ():
        style = None if node is None or frame is None else node.get(f"{{{frame.space}}}encodingStyle")
        if node is not None and style is not None:
            case.add(ENCODING_STYLE, node, expected="no encodingStyle", found=shown(style))
