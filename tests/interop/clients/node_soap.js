// node's soap: plain objects; headers as objects with the namespace beside them.
const soap = require("soap");
const { serve } = require("./serving");

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

serve(open, call, WAYS);
