// strong-soap: plain objects, as node's soap has them; it knows more of the schema, and writes dates anew.
const { soap } = require("strong-soap");
const { serve } = require("./serving");

const NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85";
const WAYS = { soap12: { forceSoapVersion: "1.2" } };

function open(wsdl, address, options = {}) {
  return new Promise((resolve, reject) =>
    soap.createClient(wsdl, options, (error, client) => {
      if (error) return reject(error);
      client.setEndpoint(address);
      resolve(client);
    }),
  );
}

function write(members, namespace) {
  return Object.entries(members)
    .map(([name, value]) => `<${name} xmlns="${namespace}">${value && typeof value === "object" ? write(value, namespace) : value ?? ""}</${name}>`)
    .join("");
}

async function call(client, asked) {
  const namespace = asked.namespace === null ? NAMESPACE : asked.namespace;
  client.clearSoapHeaders();
  // Its headers are XML, or objects whose namespace it forgets.
  for (const [name, value] of Object.entries(asked.headers)) client.addSoapHeader(write({ [name]: value }, namespace));
  const action = asked.action === null ? {} : { SOAPAction: `"${asked.action}"` };
  const send = async (operation, given) => (await client[operation](given, {}, action)).result;
  let parameters = asked.parameters;
  if (asked.read) parameters = { BatchTaskInfo: (await send("GetBatchTaskInfo", { Id: asked.read })).Response };
  return (await send(asked.operation, parameters))?.Response ?? null;
}

serve(open, call, WAYS);
