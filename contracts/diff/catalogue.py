"""The kinds of change as rules: ids that never change, and what each means for a caller of the old contract."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Severity


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """One kind of change. ``request`` and ``response`` are its severity by the side of an operation it is on."""

    id: str
    requirement: str
    why: str
    request: Severity
    response: Severity
    hint: str

    def severity(self, directions: frozenset[str]) -> Severity:
        """The worse of the directions; what no operation reaches is safe."""
        found: set[Severity] = {self.request if d == "request" else self.response for d in directions}
        return next((s for s in SEVERITIES if s in found), "safe")


SEVERITIES: tuple[Severity, ...] = ("breaking", "risky", "safe")
"""The worst first."""

_B, _R, _S = SEVERITIES

RULES: dict[str, ChangeRule] = {
    rule.id: rule
    for rule in (
        # --- agents and operations ---
        ChangeRule(
            "agent-removed",
            "every agent of the old contract is in the new one",
            "the endpoint is gone: each of its calls fails",
            _B,
            _B,
            "find the agent that took over its operations before moving",
        ),
        ChangeRule(
            "agent-renamed",
            "an agent keeps its name",
            "endpoints and clients are named after the agent: those of the old name are gone",
            _B,
            _B,
            "call it by its new name",
        ),
        ChangeRule(
            "agent-added",
            "an agent may come",
            "nobody who was written against the old contract calls it",
            _S,
            _S,
            "nothing to do",
        ),
        ChangeRule(
            "operation-removed",
            "every operation of the old contract is in the new one, under its name",
            "the server answers a call to it with a Fault (ActionNotSupported)",
            _B,
            _B,
            "replace each call to it before moving",
        ),
        ChangeRule(
            "operation-added",
            "an operation may come",
            "nobody who was written against the old contract calls it",
            _S,
            _S,
            "nothing to do",
        ),
        ChangeRule(
            "response-removed",
            "an operation that answered still answers",
            "a caller waits for an answer that does not come any more",
            _B,
            _B,
            "treat the operation as one-way",
        ),
        ChangeRule(
            "response-added",
            "a one-way operation stays one",
            "a caller that closes the connection without reading may be cut off",
            _R,
            _R,
            "read the answer",
        ),
        # --- binding ---
        ChangeRule(
            "action-changed",
            "an operation keeps its SOAPAction",
            "the server finds the operation by its SOAPAction: the old one gets a Fault",
            _B,
            _B,
            "send the new action",
        ),
        ChangeRule(
            "addressing-action-changed",
            "an operation keeps the action that WS-Addressing names",
            "only a client that sends wsa:Action says it, and this binding does not read it",
            _S,
            _S,
            "nothing to do, unless a gateway routes by wsa:Action",
        ),
        ChangeRule(
            "style-changed",
            "the binding keeps its style (document or rpc)",
            "the other style wraps the message in another element",
            _B,
            _B,
            "generate the client anew",
        ),
        ChangeRule(
            "use-changed",
            "a message keeps its use (literal or encoded)",
            "the other use marks every value with its type",
            _B,
            _B,
            "generate the client anew",
        ),
        ChangeRule(
            "soap-version-changed",
            "the binding keeps its SOAP version",
            "the other version has another envelope and Content-Type: the server answers 415",
            _B,
            _B,
            "generate the client anew",
        ),
        ChangeRule(
            "transport-changed",
            "the binding keeps its transport",
            "messages travel another way",
            _B,
            _B,
            "reach the service over the new transport",
        ),
        ChangeRule(
            "namespace-changed",
            "names keep their namespace, the version in it apart",
            "an element of another namespace is another element: the server silently reads none",
            _B,
            _B,
            "send the new namespace",
        ),
        # --- messages ---
        ChangeRule(
            "body-changed",
            "a message keeps the element its body holds",
            "the server does not find the message that it expects, nor the caller the answer",
            _B,
            _B,
            "send and read the new element",
        ),
        ChangeRule(
            "header-removed",
            "a declared header stays declared",
            "what the caller says or reads in it is lost",
            _B,
            _B,
            "do without it",
        ),
        ChangeRule(
            "header-added",
            "a declared header may come",
            "a server may want it from now on; a WSDL cannot say that it is optional",
            _R,
            _S,
            "ask what the server does without it",
        ),
        ChangeRule(
            "fault-removed",
            "a declared fault may go",
            "nobody gets it any more; what is raised in its place, the WSDL does not say",
            _S,
            _S,
            "be ready for a fault that is not declared",
        ),
        ChangeRule(
            "fault-added",
            "no fault comes that a caller does not know",
            "a generated client takes a fault it does not know for a failure of the connection",
            _S,
            _R,
            "be ready for a fault that is not known",
        ),
        ChangeRule(
            "parameter-removed",
            "every child of the message's element stays, under its name",
            "the server silently ignores what it does not know; a caller finds nothing where the result was",
            _B,
            _B,
            "leave it out; do without the result",
        ),
        ChangeRule(
            "parameter-added",
            "a child of the message's element that may be left out can come",
            "the server will use a default for it; a strict reader refuses an element it does not know",
            _R,
            _R,
            "check what the server does without it; let readers skip it (zeep: strict=False)",
        ),
        ChangeRule(
            "required-parameter-added",
            "no child that has to be there comes into a message",
            "a caller that does not know it sends an incomplete message",
            _B,
            _R,
            "send it",
        ),
        ChangeRule(
            "parameter-order-changed",
            "the children of a message's element keep their relative order",
            "the server silently loses an element that comes too late",
            _B,
            _B,
            "send and read the new order",
        ),
        # --- types ---
        ChangeRule(
            "member-removed",
            "every member of a type stays, under its name",
            "the server silently ignores what it does not know; a caller finds nothing where the value was",
            _B,
            _B,
            "leave it out; do without the value",
        ),
        ChangeRule(
            "member-added",
            "a member that may be left out can come, wherever in the sequence",
            "the server uses a default where it is left out; zeep refuses a member it does not know, WCF skips it",
            _S,
            _R,
            "let the reader skip what it does not know (zeep: strict=False)",
        ),
        ChangeRule(
            "required-member-added",
            "no member that has to be there comes into a type",
            "a caller that does not know it sends an incomplete value; zeep refuses a member it does not know",
            _B,
            _R,
            "send it; let the reader skip what it does not know (zeep: strict=False)",
        ),
        ChangeRule(
            "member-order-changed",
            "the members of a type keep their relative order",
            "WCF silently loses a member that comes too late, and so does a generated reader",
            _B,
            _B,
            "send and read the new order",
        ),
        ChangeRule(
            "type-changed",
            "a value keeps its type",
            "one side does not understand the values of the other",
            _B,
            _B,
            "send and read the new type",
        ),
        ChangeRule(
            "type-narrowed",
            "a type allows every value that it allowed",
            "values that were good are refused, or do not come any more",
            _B,
            _B,
            "check the values that are sent against the new type",
        ),
        ChangeRule(
            "type-widened",
            "a response has no values that its old type did not have",
            "the server still takes the old values, but may answer with ones that the caller cannot hold",
            _S,
            _B,
            "read the wider type",
        ),
        ChangeRule(
            "type-renamed",
            "a type may change its name where all that it holds stays",
            "a type's name is on the wire only in xsi:type: the message stays the same",
            _S,
            _S,
            "generated classes get another name; nothing else",
        ),
        ChangeRule(
            "type-removed",
            "a type that no operation uses may go",
            "it is in no message",
            _S,
            _S,
            "nothing to do",
        ),
        ChangeRule(
            "type-added",
            "a type that no operation uses may come",
            "it is in no message",
            _S,
            _S,
            "nothing to do",
        ),
        ChangeRule(
            "derived-type-removed",
            "a type that may stand for its base stays",
            "a caller that sends it (xsi:type) is refused",
            _B,
            _S,
            "send another of the base's types",
        ),
        ChangeRule(
            "derived-type-added",
            "no type comes that may stand for its base in a response",
            "the server may answer with an xsi:type that the caller does not know",
            _S,
            _R,
            "be ready for a type that is not known",
        ),
        ChangeRule(
            "base-changed",
            "a type inherits what it inherited",
            "members that it had from its base are gone or others",
            _B,
            _B,
            "send and read the members it has now",
        ),
        ChangeRule(
            "base-extended",
            "a type may inherit more",
            "its new base brings members that may be left out; a strict reader refuses what it does not know",
            _S,
            _R,
            "let the reader skip what it does not know (zeep: strict=False)",
        ),
        ChangeRule(
            "base-rearranged",
            "a type may get the same members by another base",
            "the message stays the same",
            _S,
            _S,
            "generated classes inherit otherwise; nothing else",
        ),
        ChangeRule(
            "abstract-added",
            "a type that can stand for itself still can",
            "a value has to say by xsi:type which derived type it is",
            _B,
            _S,
            "send a derived type",
        ),
        ChangeRule(
            "abstract-removed",
            "a type may become usable itself",
            "the server may answer with the base type, of which the caller has no values yet",
            _S,
            _R,
            "be ready for the base type",
        ),
        ChangeRule(
            "dictionary-changed",
            "a type stays the dictionary, or the array, that it was",
            "a dictionary refuses a key that comes twice; generated classes differ, the message does not",
            _R,
            _R,
            "send each key once",
        ),
        # --- occurrence ---
        ChangeRule(
            "element-required",
            "what may be left out still may",
            "a caller that leaves it out breaks the new contract",
            _B,
            _S,
            "send it always",
        ),
        ChangeRule(
            "element-optional",
            "what is always there in a response stays so",
            "the answer may lack it from now on",
            _S,
            _R,
            "be ready for its absence",
        ),
        ChangeRule(
            "element-not-nillable",
            "what may be nil still may",
            "a caller that sends nil is refused",
            _B,
            _S,
            "leave it out, or send a value",
        ),
        ChangeRule(
            "element-nillable",
            "what is never nil in a response stays so",
            "the answer may be nil from now on",
            _S,
            _R,
            "be ready for nil",
        ),
        ChangeRule(
            "default-changed",
            "what stands for a value that is not said stays the same",
            "who leaves the value out, or reads it where it is left out, now has another",
            _R,
            _R,
            "say the value",
        ),
        ChangeRule(
            "element-limited",
            "what may come several times still may",
            "the further ones are refused or lost",
            _B,
            _S,
            "send no more than are allowed",
        ),
        ChangeRule(
            "element-repeatable",
            "what comes once in a response stays so",
            "the answer may hold several, of which the caller reads one",
            _S,
            _B,
            "read them all",
        ),
        # --- enumerations and attributes ---
        ChangeRule(
            "enum-value-removed",
            "every value of an enumeration stays, under its name",
            "the server answers a name it does not know with a Fault",
            _B,
            _S,
            "send another value",
        ),
        ChangeRule(
            "enum-value-added",
            "no value comes into an enumeration that responses hold",
            "WCF's typed readers refuse a name they do not know; zeep passes it on",
            _S,
            _R,
            "be ready for a value that is not known",
        ),
        ChangeRule(
            "enum-number-changed",
            "the number of a value is no part of the message",
            "names are on the wire, numbers are not",
            _S,
            _S,
            "change it where it is stored as a number",
        ),
        ChangeRule(
            "attribute-removed",
            "every attribute of a type stays",
            "it is refused where it is sent, and missing where it is read",
            _B,
            _B,
            "do without it",
        ),
        ChangeRule(
            "attribute-added",
            "an attribute that may be left out can come",
            "a strict reader refuses what it does not know",
            _S,
            _R,
            "be ready for an attribute that is not known",
        ),
        ChangeRule(
            "attribute-required",
            "no attribute has to be there that had not",
            "a caller that leaves it out breaks the new contract",
            _B,
            _S,
            "send it always",
        ),
        ChangeRule(
            "attribute-optional",
            "an attribute that is always there in a response stays so",
            "the answer may lack it from now on",
            _S,
            _R,
            "be ready for its absence",
        ),
    )
}
"""Every kind of change by its id."""

UNREACHED = "no operation reaches it"
