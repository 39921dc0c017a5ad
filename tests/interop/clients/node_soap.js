// node's soap: plain objects; headers as objects with the namespace beside them.
const readline = require("readline");
const soap = require("soap");

const NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85";
const WAYS = {
  soap12: { forceSoap12Headers: true },
  "dates as read": {},
  security: {},
  "security that must be understood": {},
};

async function open(wsdl, address, options = {}) {
  const client = await soap.createClientAsync(wsdl, options);
  client.setEndpoint(address);
  return client;
}

async function call(client, asked) {
  const namespace = asked.namespace === null ? NAMESPACE : asked.namespace;
  client.clearSoapHeaders();
  for (const [name, value] of Object.entries(asked.headers)) client.addSoapHeader({ [name]: value }, undefined, undefined, namespace);
  if (asked.way.startsWith("security")) {
    client.setSecurity(new soap.WSSecurity("user", "password", { mustUnderstand: asked.way !== "security" }));
  }
  const action = asked.action === null ? {} : { SOAPAction: `"${asked.action}"` };
  const send = async (operation, given) => (await client[operation + "Async"](given, {}, action))[0];
  let parameters = asked.parameters;
  if (asked.read) {
    const read = (await send("GetBatchTaskInfo", { Id: asked.read })).Response;
    // It reads a dateTime as a Date, and sends a Date as an empty element: to be sent, it has to be a text.
    parameters = { BatchTaskInfo: asked.way === "dates as read" ? read : JSON.parse(JSON.stringify(read)) };
  }
  return (await send(asked.operation, parameters))?.Response ?? null;
}

async function main() {
  const [wsdl, address] = process.argv.slice(2);
  const usual = await open(wsdl, address);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line.split("\t")[2]);
    let result;
    try {
      if (asked.way && !WAYS[asked.way]) result = { cannot: asked.way };
      else result = { read: await call(asked.way ? await open(wsdl, address, WAYS[asked.way]) : usual, asked) };
    } catch (error) {
      result = { error: String(error.message || error) };
    }
    console.log(JSON.stringify(result));
  }
}

main();
