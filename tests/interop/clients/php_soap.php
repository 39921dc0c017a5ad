<?php // PHP's SoapClient: arrays and objects; it casts values to the schema's types.

const SERVICE = "http://www.superoffice.net/ws/crm/NetServer/Services85";

class Client extends SoapClient
{
    public ?string $action = null;

    public function __doRequest($request, $location, $action, $version, $oneWay = false): ?string
    {
        return parent::__doRequest($request, $location, $this->action ?? $action, $version, $oneWay);
    }
}

[, $wsdl, $address] = $argv;
$options = ["location" => $address, "cache_wsdl" => WSDL_CACHE_NONE, "exceptions" => true];
$open = [
    "typed" => fn() => new Client($wsdl, $options),
    "" => fn() => new Client($wsdl, $options),
    "soap12" => fn() => new Client($wsdl, $options + ["soap_version" => SOAP_1_2]),
    "no wsdl" => fn() => new Client(null, $options + ["uri" => SERVICE]),
];

function type_value($value)
{
    if (is_array($value)) {
        return array_map("type_value", $value);
    }
    return is_numeric($value) ? new SoapVar((int) $value, XSD_INT) : new SoapVar($value, XSD_STRING);
}

function call(Client $client, array $asked)
{
    $namespace = $asked["namespace"] ?? SERVICE;
    $headers = [];
    foreach ($asked["headers"] as $name => $value) {
        $headers[] = new SoapHeader($namespace, $name, is_array($value) ? (object) $value : $value);
    }
    if ($namespace !== "") {
        $client->__setSoapHeaders($headers ?: null);
    }
    $client->action = $asked["action"];
    $parameters = $asked["parameters"];
    if ($asked["way"] === "typed") {
        $parameters = array_map("type_value", $parameters);
    }
    if ($asked["read"]) {
        $parameters = ["BatchTaskInfo" => $client->GetBatchTaskInfo(["Id" => $asked["read"]])->Response];
    }
    $answer = $client->__soapCall($asked["operation"], [$parameters]);
    return $answer->Response ?? null;
}

while ($line = fgets(STDIN)) {
    $asked = json_decode(explode("\t", $line, 3)[2], true);
    try {
        $result = isset($open[$asked["way"]]) && $asked["namespace"] !== ""
            ? ["read" => call($open[$asked["way"]](), $asked)]
            : ["cannot" => $asked["way"]];
    } catch (Throwable $error) {
        $result = ["error" => $error->getMessage()];
    }
    echo json_encode($result), "\n";
}
