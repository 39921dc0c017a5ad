"""Every rule of a message, declared once: what it wants, who says so, and what a real server does without it.

Ids never change: waivers and deviations name them. ``level`` is ``violation`` or ``note``.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Authority

SOAP = "SOAP 1.1"
WSI = "WS-I Basic Profile 1.1"
XML_SCHEMA = "the WSDL's schema"
WSDL = "the WSDL"
PAGE = "the documented page"
MEASURED = "measured on a WCF stack"

SILENT = "answers 200 and acts on something else"
REFUSES = "answers 500 with a Fault"
DENIES = "answers 200 with Succeeded=false"


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement on a message. ``server``: what a WCF server does with a message that breaks it."""

    id: str
    authority: Authority
    source: str
    requirement: str
    hint: str
    server: str
    level: str = "violation"


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        # --- http ---------------------------------------------------------------------------------------------------
        Rule("http-method", "http", f"{WSI}, R1132", "a request is sent with POST",
             "send it with POST", "Mono answers a PUT as if it were a POST; a GET gets a Fault"),
        Rule("http-content-type", "http", f"{WSI}, R1119; {SOAP}, section 6", "SOAP 1.1 is carried as text/xml",
             "set Content-Type: text/xml; charset=utf-8", "answers 415; without any Content-Type nothing at all"),
        Rule("http-charset-missing", "http", "RFC 7303, section 3",
             "Content-Type names the charset", "add ; charset=utf-8: without it receivers have to guess",
             "reads UTF-8", "note"),
        Rule("http-action-missing", "wsdl", f"{SOAP}, section 6.1.1; the WSDL's soapAction",
             "a request has a SOAPAction header", "send the action that the WSDL declares, in double quotes",
             "answers 500, ActionNotSupported"),
        Rule("http-action-empty", "wsdl", f"{SOAP}, section 6.1.1; the WSDL's soapAction",
             "SOAPAction is not empty", "send the action that the WSDL declares, in double quotes",
             "answers 500, ActionNotSupported"),
        Rule("http-action", "wsdl", "the WSDL's soapAction",
             "SOAPAction is the one of the operation in the Body", "the server picks the operation by SOAPAction",
             "runs the operation that SOAPAction names, or drops the connection"),
        Rule("http-action-quotes", "wsdl", f"{SOAP}, section 6.1.1; {WSI}, R1109",
             "SOAPAction stands in double quotes", "single quotes are read as part of the value",
             "answers 500, ActionNotSupported"),
        Rule("http-action-unquoted", "wsi", f"{WSI}, R1109", "SOAPAction stands in double quotes",
             "put it in double quotes: stricter stacks insist on them", "accepts it", "note"),
        Rule("http-path", "wsdl", "the endpoint's address", "the URL's path is the endpoint of the operation's agent",
             "the path ends with /ServicesNN/Agent.svc", "answers 500, ActionNotSupported, or 404"),
        Rule("http-status", "http", f"{WSI}, R1111, R1126", "a response comes with 200, a Fault with 500",
             "the answer is not the service's: look at what stands in between", "not WCF: a proxy or the web server"),
        Rule("http-refused", "http", f"{WSI}, R1113, R1114, R1115", "a request is not refused with 400, 405 or 415",
             "look at the request: method, Content-Type, well-formedness", "refuses the request so", "note"),
        Rule("http-empty", "http", f"{WSI}, R1111; {SOAP}, section 6.2", "a response has an envelope",
             "the connection may have been dropped while the server wrote",
             "Mono does so where the Body is not the operation that SOAPAction names"),
        Rule("http-fault-status", "wsi", f"{WSI}, R1126", "a Fault comes with 500",
             "clients that look at the status take this for success", "never: WCF sends 500"),
        Rule("http-fault-missing", "wsi", f"{WSI}, R1126; {SOAP}, section 6.2", "500 comes with a Fault",
             "a client that gets 500 looks for a Fault", "never: WCF sends a Fault"),
        # --- envelope -----------------------------------------------------------------------------------------------
        Rule("envelope-not-wellformed", "soap", f"{SOAP}, section 3; XML 1.0", "a message is one well-formed XML document",
             "look at the place named: truncated, unescaped, or more than one root",
             "Mono still answers 200 where only the tail is cut off or text follows the root"),
        Rule("envelope-dtd", "soap", f"{SOAP}, section 3", "a message has no document type declaration",
             "leave the DTD and its entities out", "drops the connection"),
        Rule("envelope-processing-instruction", "soap", f"{SOAP}, section 3",
             "a message has no processing instructions", "leave it out", "skips it and answers 200"),
        Rule("envelope-charset", "wsi", f"{WSI}, R1012", "a message is in UTF-8 or UTF-16",
             "encode it in UTF-8 and declare that", "answers 415"),
        Rule("envelope-charset-mismatch", "soap", f"RFC 7303, section 3; {WSI}, R1012",
             "the bytes are in the charset that Content-Type names", "make charset and bytes agree",
             "Mono reads UTF-16 all the same, and bytes that are not UTF-8 as U+FFFD"),
        Rule("envelope-root", "soap", f"{SOAP}, section 4", "the root element is the SOAP Envelope",
             "the root is Envelope of http://schemas.xmlsoap.org/soap/envelope/", "drops the connection"),
        Rule("envelope-version", "wsdl", "the WSDL's soap:binding",
             "the Envelope is SOAP 1.1, as the binding declares", "use http://schemas.xmlsoap.org/soap/envelope/",
             "answers 415, or drops the connection"),
        Rule("envelope-header-twice", "soap", f"{SOAP}, section 4", "an Envelope has at most one Header",
             "put all header blocks in one Header", "reads the first only"),
        Rule("envelope-header-after-body", "soap", f"{SOAP}, section 4", "Header comes before Body",
             "move Header before Body", DENIES),
        Rule("envelope-header-outside", "soap", f"{SOAP}, section 4.2", "header blocks stand in Header",
             "put it into Header: the page's own example has it beside Body", "drops the connection"),
        Rule("envelope-body-missing", "soap", f"{SOAP}, section 4", "an Envelope has a Body",
             "put the operation's element in a Body", REFUSES),
        Rule("envelope-body-twice", "soap", f"{SOAP}, section 4", "an Envelope has one Body",
             "send one message for each", "reads the first and ignores the second"),
        Rule("envelope-after-body", "wsi", f"{WSI}, R1011", "nothing follows Body in an Envelope",
             "leave it out", "ignores it"),
        Rule("envelope-text", "soap", f"{SOAP}, section 4", "Envelope, Header and Body hold elements, no text",
             "leave the text out", "ignores it"),
        Rule("envelope-attribute", "soap", f"{SOAP}, section 4, and its schema",
             "attributes of Envelope and Header are in a namespace", "leave the attribute out", "ignores it"),
        Rule("envelope-encoding-style", "wsi", f"{WSI}, R1005, R1007", "no encodingStyle: the binding is literal",
             "leave the attribute out", "ignores it", "note"),
        # --- header -------------------------------------------------------------------------------------------------
        Rule("header-none", "documented", f"{PAGE}: the request example", "a request has a Header with its header blocks",
             "add Header with ApplicationToken and, where declared, Credentials", DENIES),
        Rule("header-missing", "documented", f"{PAGE}: the request example",
             "ApplicationToken and, where declared, Credentials are there", "add it to Header", DENIES),
        Rule("header-empty", "documented", f"{PAGE}: the request example",
             "ApplicationToken, Credentials and its Ticket have a value",
             "nobody is authenticated by an empty or nil value", DENIES),
        Rule("header-namespace", "wsdl", "the WSDL's soap:header", "a declared header is in the contract's namespace",
             "the server looks for it by namespace and name", DENIES),
        Rule("header-in-body", "wsdl", "the WSDL's soap:header", "a declared header stands in Header, not in Body",
             "move it into Header", "drops the connection"),
        Rule("header-undeclared", "wsdl", "the WSDL's soap:header",
             "headers of the contract's namespace are those that the operation declares",
             "leave it out, or look for its right name", "ignores it"),
        Rule("header-twice", "wire", MEASURED, "a declared header is there once",
             "which one wins is open", "takes one of them and answers 200"),
        Rule("header-must-understand", "soap", f"{SOAP}, section 4.2.3",
             "no undeclared header demands to be understood", "drop mustUnderstand, or the header",
             ".NET answers with a MustUnderstand Fault; Mono ignores it"),
        Rule("header-must-understand-value", "wsi", f"{WSI}, R1013; {SOAP}, section 4.2.3",
             "mustUnderstand is 1 or 0", "write 1 or 0, or leave it out", "reads true as 1"),
        Rule("header-unqualified", "soap", f"{SOAP}, section 4.2", "header blocks are in a namespace",
             "declare its namespace, or leave it out", "ignores it"),
        Rule("header-foreign", "wsdl", "the WSDL's soap:header", "headers are those that the operation declares",
             "harmless: the server ignores it", "ignores it", "note"),
        Rule("header-optional-missing", "wsi", f"{WSI}, R2738", "every declared header is sent",
             "send TimeZone where times matter", "uses the user's own time zone"),
        # --- body ---------------------------------------------------------------------------------------------------
        Rule("body-empty", "soap", f"{SOAP}, section 4.3; {WSI}, R2201", "Body holds the operation's element",
             "put the operation's element in Body", "drops the connection"),
        Rule("body-two-operations", "wsi", f"{WSI}, R9981", "Body has one child", "send one message for each",
             "runs the first and ignores the rest"),
        Rule("body-operation", "wsdl", "the WSDL's message", "Body holds the element of the operation that is called",
             "the name and the namespace have to be the WSDL's, case included", "drops the connection"),
        Rule("body-direction", "wsdl", "the WSDL's message", "a request holds the request's element",
             "a response was sent as a request", "drops the connection"),
        Rule("body-parameter-missing", "documented", f"{PAGE}: the request example",
             "a documented parameter that cannot be null is there", "send it: left out it is read as 0",
             f"{SILENT}: 0, or the type's default"),
        Rule("body-parameter-default", "wire", MEASURED, "a parameter that cannot be null is there",
             "send it: left out it is read as 0", f"{SILENT}: 0, or the type's default"),
        Rule("body-parameter-null", "wire", MEASURED, "a nillable parameter is there",
             "left out, the server uses null", "uses null", "note"),
        Rule("body-member-default", "wire", MEASURED, "every member of a type is there",
             "left out, the server uses the type's default", "uses the default of each", "note"),
        Rule("body-unknown", "xsd", XML_SCHEMA, "every element is declared", "leave it out, or look for its right name",
             f"{SILENT}: it skips the element"),
        Rule("body-namespace", "xsd", XML_SCHEMA, "every element is in the namespace it is declared in",
             "put it into the contract's namespace", f"{SILENT}: it skips the element and uses the default"),
        Rule("body-case", "xsd", XML_SCHEMA, "names are spelled as declared, case included",
             "mind the case", f"{SILENT}: it skips the element and uses the default"),
        Rule("body-order", "xsd", XML_SCHEMA, "members come in the order in which they are declared",
             "send them in the declared order", f"{SILENT}: it loses the members that come too late"),
        Rule("body-twice", "xsd", XML_SCHEMA, "a member is there once", "send it once", f"{SILENT}: the last one wins"),
        Rule("body-member-missing", "xsd", XML_SCHEMA, "a member that the schema requires is there", "add it", REFUSES),
        Rule("body-attribute", "xsd", XML_SCHEMA, "attributes are declared; parameters are elements",
             "send parameters as elements", f"{SILENT}: it ignores the attribute"),
        Rule("body-text", "xsd", XML_SCHEMA, "no text stands between elements", "leave the text out",
             "ignores it, or answers 500"),
        Rule("body-key-twice", "wire", MEASURED, "a dictionary has each key once", "send each key once", REFUSES),
        Rule("body-schema", "xsd", XML_SCHEMA, "the message is valid by the schema", "compare it with the schema",
             "depends on what is wrong"),
        # --- value --------------------------------------------------------------------------------------------------
        Rule("value-lexical", "xsd", "XML Schema 1.0 part 2, section 3", "a value is written in its type's form",
             "write the value as XML Schema does", REFUSES),
        Rule("value-range", "xsd", "XML Schema 1.0 part 2, section 3", "a number is in the range of its type",
             "use a value that fits the type", REFUSES),
        Rule("value-enum", "xsd", f"{XML_SCHEMA}: xs:enumeration", "a value is one of the enumeration's names",
             "use the name, not the number, spelled as the contract spells it", REFUSES),
        Rule("value-nil", "xsd", f"{XML_SCHEMA}: nillable", "nil stands only where the schema allows it",
             "send a value", REFUSES),
        Rule("value-nil-content", "xsd", "XML Schema 1.0 part 1, section 3.3.4", "a nil element is empty",
             "leave out xsi:nil, or the content", "reads null"),
        Rule("value-xsi-type", "xsd", "XML Schema 1.0 part 1, section 3.3.4",
             "xsi:type names the declared type or one that derives from it", "leave xsi:type out: nothing here needs it",
             "ignores it on a simple value and reads the value"),
        Rule("value-nested", "xsd", XML_SCHEMA, "a simple value holds no elements", "send the value alone", REFUSES),
        Rule("value-net-range", "wire", "the ranges of .NET's DateTime and Decimal",
             "a value fits the .NET type that reads it",
             "years run from 0001 to 9999, decimals to 79228162514264337593543950335", REFUSES),
        # --- answer -------------------------------------------------------------------------------------------------
        Rule("answer-operation", "wsdl", "the WSDL's message", "a response holds the response element of the operation called",
             "another operation's answer: look at routing, caches and recordings", "never"),
        Rule("answer-request", "wsdl", "the WSDL's message", "a response holds a response element", "a request came back", "never"),
        Rule("answer-response-missing", "wire", MEASURED, "a Response that cannot be null is there",
             "clients read its absence as None, 0 or false", "never: WCF writes every value"),
        Rule("answer-response-null", "wire", MEASURED, "a nillable Response is there", "clients read it as null",
             "WCF writes i:nil", "note"),
        Rule("answer-succeeded-missing", "wsdl", "the WSDL's soap:header", "a response has the header Succeeded",
             "without it a client cannot tell a refusal from an answer", "never: WCF writes it"),
        Rule("answer-succeeded-value", "wsdl", "the WSDL's soap:header", "Succeeded is an xs:boolean: true, false, 1 or 0",
             "clients read anything else as false, or as true", "never"),
        Rule("answer-exception-missing", "wire", MEASURED, "Succeeded=false comes with ExceptionInfo",
             "without it nobody learns what failed", "sends ExceptionInfo"),
        Rule("answer-exception-with-success", "wire", MEASURED, "ExceptionInfo is nil or absent where Succeeded is true",
             "one of the two is wrong", "never"),
        Rule("answer-header-missing", "wsi", f"{WSI}, R2738", "every declared response header is there",
             "clients must not rely on it", "leaves out headers that are null"),
        Rule("answer-fault", "soap", f"{SOAP}, section 4.4", "a Fault has faultcode and faultstring, in no namespace, once",
             "a SOAP 1.1 Fault has unqualified faultcode and faultstring", "never"),
        Rule("answer-fault-code", "soap", f"{SOAP}, section 4.4.1", "faultcode is a QName whose prefix is declared",
             "declare the prefix", "never"),
        Rule("answer-fault-code-unqualified", "soap", f"{SOAP}, section 4.4.1", "faultcode is a qualified name",
             "Mono writes Receiver, without a namespace", "Mono does so", "note"),
        # --- recording ----------------------------------------------------------------------------------------------
        Rule("recording-expects", "wire", "the recording's own expects", "a recording breaks the rules it says it breaks",
             "record it anew, or mend its expects", "does not apply"),
    )
}  # fmt: skip
