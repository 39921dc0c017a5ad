// What the two clients of node have in common: calls come on standard input, a line each, and so do their results go out.
const readline = require("readline");

// ways: the options with which a client is opened for each way of calling that it knows.
async function serve(open, call, ways) {
  const [wsdl, address] = process.argv.slice(2);
  const usual = await open(wsdl, address);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line.split("\t")[2]);
    let result;
    try {
      if (asked.way && !ways[asked.way]) result = { cannot: asked.way };
      else result = { read: await call(asked.way ? await open(wsdl, address, ways[asked.way]) : usual, asked) };
    } catch (error) {
      result = { error: String(error.message || error) };
    }
    console.log(JSON.stringify(result));
  }
}

module.exports = { serve };
