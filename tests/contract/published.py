"""Services85 as it was published, in a notation of its own: what the contract has to say of Batch and SoPrincipal.

Written from what is documented, not from the contract's files, and so able to notice when one of those changes. A line
is ``name: members`` (a type; ``<Base`` is its base, ``{Pair}`` a dictionary, ``[Item]`` an array), ``name = values``
(an enumeration; ``= *`` a list of them) or ``Agent.Operation: parameters -> members of the response``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

VERSION = "Services85"
NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85"
PREFIXES = {
    "s": "http://schemas.xmlsoap.org/soap/envelope/",
    "i": "http://www.w3.org/2001/XMLSchema-instance",
    "b": NAMESPACE,
    "a": "http://schemas.microsoft.com/2003/10/Serialization/Arrays",
    "c": "http://schemas.datacontract.org/2004/07/System.Security.Cryptography",
}
FOREIGN = {"ArrayOfint": "a", "ArrayOfstring": "a", "DSAParameters": "c"}
"""The types whose members are in another namespace than the agent's, by prefix."""
HEADERS = {
    "Batch": ("ApplicationToken string", "Credentials SoCredentials", "TimeZone SoTimeZone"),
    "SoPrincipal": ("ApplicationToken string",),
}
ANSWER_HEADERS = ("ExceptionInfo SoExceptionInfo", "ExtraInfo SoExtraInfo", "Succeeded boolean", "TimeZone SoTimeZone")

OPERATIONS = """
Batch.GetBatchTaskInfo: Id int -> Response BatchTaskInfo
Batch.GetBatchTaskInfosByAssociates: AssociateIds ArrayOfint -> Response ArrayOfBatchTaskInfo
Batch.StartBatchJob: BatchTaskInfo BatchTaskInfo -> Response int
Batch.StopBatchJob: Id int -> Response boolean
Batch.GetBatchTaskInfosByState: State BatchTaskState -> Response ArrayOfBatchTaskInfo
Batch.UpdateBatchTask: BatchTaskInfo BatchTaskInfo -> Response BatchTaskInfo
Batch.GetBatchTaskInfosByNameAndState: Name string, State BatchTaskState -> Response ArrayOfBatchTaskInfo
Batch.GetBatchTaskInfosByNameAndAssociates: Name string, AssociateIds ArrayOfint -> Response ArrayOfBatchTaskInfo
Batch.GetBatchTaskInfosByAssociatesAndState: AssociateIds ArrayOfint, State BatchTaskState ->
  Response ArrayOfBatchTaskInfo
Batch.DeleteBatchTasks: BatchTaskIds ArrayOfint ->
Batch.DeleteBatchTask: BatchTaskId int ->
SoPrincipal.GetSystemInfo: -> SystemInfo SoSystemInfoCarrier
SoPrincipal.AuthenticateImplicit: -> AuthenticateResponse
SoPrincipal.AuthenticateUsernamePassword: UserName string, Password string -> AuthenticateResponse
SoPrincipal.AuthenticateGeneric: AuthenticationData AuthenticationGenericData -> AuthenticateResponse
"""

TYPES = """
AuthenticateResponse: Response SoPrincipalCarrier, Credentials SoCredentials, AuthenticationSucceeded boolean
SoCredentials: Ticket string
SoExceptionInfo: Message string, StackTrace string, FriendlyText string, ExceptionType string, Source string,
  InnerException SoExceptionInfo, Parameters SoExceptionInfoParameters
SoExceptionInfoParameters: {SoExceptionInfoParametersKeyValuePair} Key string, Value string
SoTimeZone: SoTimeZoneId int, SoTimeZoneLocationCode string
SoExtraInfo: {ExtraInfoNameValuePair} Key string, Value string
StringDictionary: {StringKeyValuePair} Key string, Value string
AuthenticationGenericData: {AuthenticationGenericDataKeyValuePair} Key string, Value string
ArrayOfint: [int] int
ArrayOfstring: [string] string
ArrayOfBatchTaskInfo: [BatchTaskInfo] BatchTaskInfo
ArrayOfModuleLicense: [ModuleLicense] ModuleLicense
ArrayOfGrantedModuleLicense: [GrantedModuleLicense] GrantedModuleLicense
ArrayOfProvidedCredential: [ProvidedCredential] ProvidedCredential
Carrier: TableRight TableRight, FieldProperties FieldPropertyDictionary
TableRight: Mask ETableRight, Reason string
FieldPropertyDictionary: {FieldPropertyDictionaryKeyValuePair} Key string, Value FieldProperty
FieldProperty: FieldRight FieldRight, FieldType string, FieldLength int
FieldRight: Mask EFieldRight, Reason string
BatchTaskInfo: <Carrier, Id int, Name string, AssociateId int, DetailsTable short, DetailsRecord int, IsSystemTask
  boolean, IsInternalTask boolean, ParameterObject StringDictionary, LastStarted dateTime, Created dateTime,
  StartCount int, DatabaseSerialNumber string, Context string, Result string, State BatchTaskState, Description
  string, Response string, Request string, ProgressDescription string, ProgressPercent short
SoSystemInfoCarrier: <Carrier, License LicenseInfo, WarningEnglish string, WarningResource string, BranchName string,
  BuildLabel string, AssemblyVersion string, AccumulatedNextCheckDate dateTime, FileVersion string, Description
  string, DaysUntilNetServerExpiry int, BuildType NetServerBuildType, DatabaseVersion int, IsUnicode boolean,
  CompanyName string, CompanyId int, DatabaseType string, DatabaseMinor string, DatabaseName string, IsOnTravel
  boolean, IsSatellite boolean
LicenseInfo: CompanyName string, SerialNr string, OwnerName string, OwnerDescription string, NextCheckDate dateTime,
  MaintenanceDate dateTime, AdminWarningDate dateTime, ExpiryDate dateTime, GraceDate dateTime, ExtraFlags int,
  LicenseUrl string, LicenseVersion string, DeploymentType int, ProductType string, ProductDescription string,
  ModuleLicenses ArrayOfModuleLicense, PublicKey SignedPublicKey, Signature string
ModuleLicense: OwnerName string, ModuleName string, ModuleDescription string, ModuleTooltip string, ModuleVersion
  string, LicenseType LicenseType, Unrestricted boolean, AllowedUserType UserType, NumberOfLicenses int, ExtraFlags
  int, ExtraInfo string, SortOrder int, IsHidden boolean, PrerequisiteModuleName string, Signature string
SignedPublicKey: OwnerName string, SignDate dateTime, ExpiryDate dateTime, Key DSAParameters, Signature string
DSAParameters: Counter int, G base64Binary, J base64Binary, P base64Binary, Q base64Binary, Seed base64Binary, Y
  base64Binary
SoPrincipalCarrier: UserType UserType, Associate string, AssociateId int, IsPerson boolean, PersonId int, CountryId
  int, HomeCountryId int, ContactId int, GroupId int, BusinessId int, CategoryId int, ContactOwner int, RoleId int,
  RoleName string, RoleDescription string, RoleType RoleType, Licenses ArrayOfGrantedModuleLicense, FullName string,
  EMailAddress string, FunctionRights ArrayOfstring, EjUserId int, EjAccessLevel int, EjUserStatus EjUserStatus,
  ProvidedCredentials ArrayOfProvidedCredential, SecondaryGroups ArrayOfint, DatabaseContextIdentifier string
GrantedModuleLicense: <Carrier, OwnerId int, OwnerName string, OwnerDescription string, ModuleId int, Name string,
  Description string, Version string, LicenseType LicenseType, ExtraFlags int, SortOrder int, LicenseNumber int,
  IsHidden boolean, IsUnrestricted boolean, ExpiryDate dateTime
ProvidedCredential: Type string, SearchName string, DisplayName string, CredentialId int
BatchTaskState = Unknown New Aquired Started Succeeded Failed All
ETableRight = * Select Update Insert Delete Filtering RestrictedUpdate
EFieldRight = * Read Write Unused1 Unused2 Unused3 Unused4 UIHintMandatory UIHintReadOnly UndefinedValue256
NetServerBuildType = Feature Stable Alpha Beta ReleaseCandidate Release
LicenseType = Unknown SiteLicense SatelliteLicense UserLicense
UserType = Unknown InternalAssociate ResourceAssociate ExternalAssociate AnonymousAssociate SystemAssociate
RoleType = Employee ExternalUser Anonymous System
EjUserStatus = StatusNone StatusNormal StatusNotAvailable StatusDeleted StatusReadOnly StatusSpm StatusSystem
"""

VALUES = {
    "int": ("2147483647", "-2147483648"),
    "short": ("32767", "-32768"),
    "boolean": ("true", "false"),
    "string": ("text", ""),
    "dateTime": ("2026-06-30T12:00:00", "0001-01-01T00:00:00"),
    "base64Binary": ("AAEC", ""),
}
"""The two ends of each simple type's range."""
BEYOND = {
    "int": "2147483648",
    "short": "32768",
    "boolean": "True",
    "dateTime": "yesterday",
    "base64Binary": "!",
    "enum": "Nonesuch",
}
"""What is just no value of it any more."""
NILLABLE = ("string", "base64Binary")
"""The simple types that can be nil; of the others those that are structures in .NET cannot."""


Pairs = tuple[tuple[str, str], ...]
"""Members or parameters: (name, type). As a place, those that lead to a value; a dictionary's pair has no type."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A type: its ``members`` (name, type) or ``values``. ``wrap``: an array's or dictionary's item."""

    members: tuple[tuple[str, str], ...] = ()
    values: tuple[str, ...] = ()
    base: str = ""
    wrap: str = ""
    dictionary: bool = False
    several: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """An operation as it was published."""

    agent: str
    name: str
    parameters: tuple[tuple[str, str], ...]
    answer: tuple[tuple[str, str], ...]
    answer_name: str

    @property
    def label(self) -> str:
        return f"{self.agent}.{self.name}"

    @property
    def action(self) -> str:
        return f"{NAMESPACE}/{self.agent}/{self.name}"


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, kind) for name, _, kind in (part.strip().partition(" ") for part in text.split(",") if part))


@cache
def types() -> dict[str, Shape]:
    """Every published type, by name."""
    table: dict[str, Shape] = {}
    for line in TYPES.replace("\n  ", " ").strip().splitlines():
        name, _, rest = line.partition(" ")
        if rest.startswith("= "):
            values = rest[2:].removeprefix("* ").split()
            table[name] = Shape(values=tuple(values), several=rest.startswith("= *"))
            continue
        base = wrap = ""
        dictionary = rest.startswith("{")
        if rest.startswith("<"):
            base, _, rest = rest[1:].partition(", ")
        elif rest[0] in "[{":
            wrap, _, rest = rest[1:].replace("}", "]").partition("] ")
            rest = rest if dictionary else f"{wrap} {rest}"
        table[name.rstrip(":")] = Shape(_pairs(rest), base=base, wrap=wrap, dictionary=dictionary)
    return table


@cache
def calls() -> dict[str, Call]:
    """Every published operation, by label."""
    table = {}
    for line in OPERATIONS.replace("\n  ", " ").strip().splitlines():
        label, _, rest = line.partition(":")
        given, _, back = rest.partition("->")
        agent, _, name = label.partition(".")
        shared = back.strip() in types()
        answer = types()[back.strip()].members if shared else _pairs(back.strip())
        table[label] = Call(agent, name, _pairs(given.strip()), answer, back.strip() if shared else f"{name}Response")
    return table


def is_nillable(kind: str) -> bool:
    """Whether an element of that type may be nil."""
    shape = types().get(kind)
    return kind in NILLABLE if shape is None else not shape.values and kind != "DSAParameters"  # of a pair: no


def is_key(place: Pairs) -> bool:
    """Whether the place is the key of a dictionary: the WSDL lets it be nil, and WCF refuses that."""
    return len(place) > 1 and place[-2][1] == "" and place[-1][0] == "Key"


def is_repeated(place: Pairs) -> bool:
    """Whether the place is an item of an array."""
    return len(place) > 1 and place[-2][1] in types() and bool(types()[place[-2][1]].wrap)


def members(kind: str) -> tuple[tuple[str, str], ...]:
    """The members of a type, those of its base first."""
    shape = types()[kind]
    return (*(members(shape.base) if shape.base else ()), *shape.members)


# --- messages ---------------------------------------------------------------------------------------------------------


def request(call: Call, variant: int = 0, *, inside: str | None = None, header: str | None = None) -> bytes:
    """An envelope with everything in it; variants differ in their values. ``inside``: other parameters."""
    content = _members(call.parameters, variant) if inside is None else inside
    return _envelope(headers(call, "request", variant) if header is None else header, _tag(call.name, content))


def response(call: Call, variant: int = 0, *, inside: str | None = None, header: str | None = None) -> bytes:
    """The answer to it, with everything in it."""
    content = _members(call.answer, variant) if inside is None else inside
    return _envelope(headers(call, "response", variant) if header is None else header, _tag(call.answer_name, content))


def header_pairs(call: Call, direction: str) -> Pairs:
    """The header blocks of a message."""
    return _pairs(", ".join(HEADERS[call.agent] if direction == "request" else ANSWER_HEADERS))


def headers(
    call: Call, direction: str, variant: int = 0, *, place: Pairs = (), value: str = "", failed: bool = False
) -> str:
    """The header blocks; ``place`` and ``value`` as in `with_value`. ``failed``: Succeeded=false, an ExceptionInfo."""
    failed = failed or (bool(place) and place[0][0] == "ExceptionInfo")
    return "".join(
        _holding(place, value) if pair in place[:1] else _block(*pair, variant, failed)
        for pair in header_pairs(call, direction)
    )


def _block(name: str, kind: str, variant: int, failed: bool) -> str:
    if name == "ExceptionInfo" and not failed:
        return nil(name)
    if name in ("ApplicationToken", "Credentials", "Succeeded"):
        variant = 1 if name == "Succeeded" and failed else 0
    return element(name, kind, variant)


def nil(name: str, prefix: str = "b") -> str:
    """An element that is nil."""
    return f'<{prefix}:{name} i:nil="true"/>'


def variants(pairs: Pairs) -> int:
    """How many variants show every value of every enumeration below some members."""
    return max([2, *(len(types()[place[-1][1]].values) for place in places(pairs) if place[-1][1] in types())])


def places(pairs: Pairs) -> Iterator[Pairs]:
    """Every element below some members, those themselves included, each type's once."""
    seen: set[str] = set()
    todo: list[Pairs] = [(pair,) for pair in pairs]
    while todo:
        path = todo.pop(0)
        yield path
        kind = path[-1][1]
        if kind in types() and not types()[kind].values and kind not in seen:
            seen.add(kind)
            inner = path
            if types()[kind].dictionary:
                inner = (*path, (types()[kind].wrap, ""))
                yield inner
            todo += [(*inner, pair) for pair in members(kind)]


def with_value(pairs: Pairs, place: Pairs, value: str) -> str:
    """Members with all that they hold, but that the one that holds the place has no more than ``value`` in it.

    ``value`` is the markup of the whole last element.
    """
    return "".join(_holding(place, value) if pair == place[0] else element(*pair) for pair in pairs)


def value_at(place: Pairs, text: str | None) -> str:
    """The last element of a place with a text, or nil."""
    prefix = _prefix(place)
    return nil(place[-1][0], prefix) if text is None else _tag(place[-1][0], escape(text), prefix)


def whole_at(place: Pairs) -> str:
    """The last element of a place with all that it holds."""
    return element(*place[-1], 0, _prefix(place))


def _prefix(place: Pairs) -> str:
    return FOREIGN.get(place[-2][1], "b") if len(place) > 1 else "b"


def is_required(place: Pairs) -> bool:
    """Whether the last element has to be there: in a dictionary's pair and in a structure."""
    return len(place) > 1 and place[-2][1] in ("", "DSAParameters")


def element(name: str, kind: str, variant: int = 0, prefix: str = "b") -> str:
    """One element with all that it holds."""
    return _tag(name, _content(kind, variant), prefix)


def _holding(place: Pairs, value: str) -> str:
    inside = value
    for index in range(len(place) - 2, -1, -1):
        (name, owner), inner = place[index], place[index + 1][0]
        if owner == "":
            inside = f"{element('Key', 'string')}{inside}" if inner == "Value" else f"{inside}{nil('Value')}"
        elif owner == "DSAParameters":  # a structure: all of it has to be there
            inside = "".join(inside if n == inner else element(n, k, 0, "c") for n, k in members(owner))
        inside = _tag(name, inside, _prefix(place[: index + 1]))
    return inside


def _tag(name: str, inside: str, prefix: str = "b") -> str:
    return f"<{prefix}:{name}>{inside}</{prefix}:{name}>"


def _envelope(header: str, body: str) -> bytes:
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
    return f"<s:Envelope {declared}><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>".encode()


def _content(kind: str, variant: int) -> str:
    if kind in VALUES:
        return escape(VALUES[kind][variant % 2])
    shape = types()[kind]
    if shape.several and variant == 0:
        return " ".join(shape.values)
    if shape.values:
        return shape.values[variant % len(shape.values)]
    pairs = [pair for pair in members(kind) if pair[1] != kind]  # an exception within an exception: none
    inside = _members(pairs, variant, FOREIGN.get(kind, "b"))
    if shape.dictionary:
        return _tag(shape.wrap, inside) + _tag(shape.wrap, _members(pairs, variant + 1))  # two keys
    return inside * 2 if shape.wrap else inside  # an array of two


def _members(pairs: Pairs, variant: int, prefix: str = "b") -> str:
    return "".join(element(name, kind, variant, prefix) for name, kind in pairs)
