<?php // NuSOAP: arrays, by the WSDL; what it cannot do it writes into getError().

error_reporting(E_ERROR);
require_once "nusoap/nusoap.php";

const SERVICE = "http://www.superoffice.net/ws/crm/NetServer/Services85";

[, $wsdl, $address] = $argv;

function open_client(string $wsdl, string $address, string $way): nusoap_client
{
    $client = $way === "no wsdl" ? new nusoap_client($address) : new nusoap_client($wsdl, "wsdl");
    $client->setEndpoint($address);
    $client->forceEndpoint = $address;
    if ($way !== "own charset") {  // its own is ISO-8859-1
        $client->soap_defencoding = "UTF-8";
        $client->decode_utf8 = false;
    }
    return $client;
}

function to_xml(array $given, string $namespace): string
{
    $text = "";
    foreach ($given as $name => $value) {
        $inner = is_array($value) ? to_xml($value, $namespace) : htmlspecialchars((string) $value);
        $text .= "<$name xmlns=\"$namespace\">$inner</$name>";
    }
    return $text;
}

function call(nusoap_client $client, array $asked)
{
    $headers = to_xml($asked["headers"], $asked["namespace"] ?? SERVICE);
    if ($asked["action"] !== null) {
        $client->operations[$asked["operation"]]["soapAction"] = $asked["action"];
    }
    $send = fn($operation, $given) => $client->call($operation, $given, SERVICE, "", $headers);
    $parameters = $asked["parameters"];
    if ($asked["read"]) {
        $parameters = ["BatchTaskInfo" => $send("GetBatchTaskInfo", ["Id" => $asked["read"]])["Response"]];
    }
    $answer = $send($asked["operation"], $parameters);
    if ($client->getError()) {
        throw new Exception($client->getError());
    }
    return $answer["Response"] ?? null;
}

while ($line = fgets(STDIN)) {
    $asked = json_decode(explode("\t", $line, 3)[2], true);
    try {
        $result = in_array($asked["way"], ["", "no wsdl", "own charset"])
            ? ["read" => call(open_client($wsdl, $address, $asked["way"]), $asked)]
            : ["cannot" => $asked["way"]];
    } catch (Throwable $error) {
        $result = ["error" => $error->getMessage()];
    }
    echo json_encode($result), "\n";
}
