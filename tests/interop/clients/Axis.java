// Apache Axis 1.4, its dynamic Call without the WSDL: what is literal, qualified and untyped has to be said; an object is
// given as XML. Its mistakes are what it does where that is not said: a case each.
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import javax.xml.namespace.QName;
import javax.xml.rpc.ParameterMode;
import javax.xml.rpc.encoding.XMLType;
import org.apache.axis.AxisFault;
import org.apache.axis.client.Call;
import org.apache.axis.client.Service;
import org.apache.axis.constants.Style;
import org.apache.axis.constants.Use;
import org.apache.axis.message.SOAPBodyElement;
import org.apache.axis.message.SOAPHeaderElement;
import org.apache.axis.soap.SOAPConstants;

public class Axis {
  static final String SERVICE = "http://www.superoffice.net/ws/crm/NetServer/Services85";
  static final String FULL = "<TableRight><Mask>Select Update</Mask><Reason>own</Reason></TableRight><Id>0</Id>"
      + "<Name>Kj\u00f8r &lt;natt&gt; &amp; \u65e5\u672c</Name><AssociateId>103</AssociateId><DetailsTable>5</DetailsTable>"
      + "<IsSystemTask>false</IsSystemTask><ParameterObject><StringKeyValuePair><Key>from</Key><Value>1</Value></StringKeyValuePair>"
      + "</ParameterObject><Created>2026-11-23T21:58:00Z</Created><Context>takes=1</Context><State>New</State>";
  static String address, token, ticket;

  interface Case { Object run(int running) throws Exception; }

  static Call open(String operation, String... headers) throws Exception {
    Call call = (Call) new Service().createCall();
    call.setTargetEndpointAddress(address);
    call.setOperationName(new QName(SERVICE, operation));
    call.setOperationStyle(Style.WRAPPED);
    call.setOperationUse(Use.LITERAL);
    call.setProperty(Call.SEND_TYPE_ATTR, Boolean.FALSE);
    call.setUseSOAPAction(true);
    call.setSOAPActionURI(SERVICE + "/Batch/" + operation);
    for (String header : headers) call.addHeader(new SOAPHeaderElement(parse(header)));
    return call;
  }

  static String[] headers() { return new String[] {element("ApplicationToken", token), credentials(ticket)}; }
  static String credentials(String ticket) { return element("Credentials", "<Ticket>" + ticket + "</Ticket>"); }
  static String element(String name, String content) { return "<" + name + " xmlns='" + SERVICE + "'>" + content + "</" + name + ">"; }

  static org.w3c.dom.Element parse(String xml) throws Exception {
    var factory = javax.xml.parsers.DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))).getDocumentElement();
  }

  static Object stop(Call call, Object id, QName parameter, QName type) throws Exception {
    call.addParameter(parameter, type, ParameterMode.IN);
    call.setReturnType(XMLType.XSD_BOOLEAN);
    call.setReturnQName(new QName(SERVICE, "Response"));
    return call.invoke(new Object[] {id});
  }

  static Object stop(Call call, Object id) throws Exception {
    return stop(call, id, new QName(SERVICE, "Id"), id instanceof Integer ? XMLType.XSD_INT : XMLType.XSD_STRING);
  }

  static Object stop(Object id) throws Exception { return stop(open("StopBatchJob", headers()), id); }

  static Object send(String operation, String content) throws Exception {
    return send(open(operation, headers()), element(operation, content));
  }

  static Object send(Call call, String body) throws Exception {
    call.setOperationStyle(Style.DOCUMENT);
    return call.invoke(new Object[] {new SOAPBodyElement(parse(body))}) != null;
  }

  static Map<String, Case> cases() {
    Map<String, Case> cases = new HashMap<>();
    cases.put("stop a running job", id -> stop(id));
    cases.put("stop an unknown id", id -> stop(Integer.MAX_VALUE));
    cases.put("a bad ticket", id -> stop(open("StopBatchJob", element("ApplicationToken", token), credentials("7T:bm9ib2R5")), 42));
    cases.put("with TimeZone", id -> stop(open("StopBatchJob", element("ApplicationToken", token), credentials(ticket),
        element("TimeZone", "<SoTimeZoneId>63</SoTimeZoneId>")), 42));
    cases.put("start: a full BatchTaskInfo", id -> send("StartBatchJob", "<BatchTaskInfo>" + FULL + "</BatchTaskInfo>"));
    cases.put("find: an enum", id -> send("GetBatchTaskInfosByState", "<State>Started</State>"));
    cases.put("find: null for a text", id -> send("GetBatchTaskInfosByNameAndState",
        "<Name xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'/><State>New</State>"));
    cases.put("values with their xsi:type", id -> {
      Call call = open("StopBatchJob", headers());
      call.setProperty(Call.SEND_TYPE_ATTR, Boolean.TRUE);
      return stop(call, 42);
    });

    cases.put("Id 'abc'", id -> stop("abc"));
    cases.put("Id ''", id -> stop(""));
    cases.put("Id null", id -> stop((Object) null));
    cases.put("Id too large", id -> stop("2147483648"));
    cases.put("id for Id", id -> stop(open("StopBatchJob", headers()), 42, new QName(SERVICE, "id"), XMLType.XSD_INT));
    cases.put("parameters in no namespace", id -> stop(open("StopBatchJob", headers()), 42, new QName("Id"), XMLType.XSD_INT));
    cases.put("members without their BatchTaskInfo", id -> send("StartBatchJob", FULL));
    cases.put("no headers", id -> stop(open("StopBatchJob"), 42));
    cases.put("no Credentials", id -> stop(open("StopBatchJob", element("ApplicationToken", token)), 42));
    cases.put("no ApplicationToken", id -> stop(open("StopBatchJob", credentials(ticket)), 42));
    cases.put("a Ticket ''", id -> stop(open("StopBatchJob", element("ApplicationToken", token), credentials("")), 42));
    cases.put("SOAPAction empty", id -> {
      Call call = open("StopBatchJob", headers());
      call.setUseSOAPAction(false);
      return stop(call, 42);
    });
    cases.put("SOAP 1.2", id -> {
      Call call = open("StopBatchJob", headers());
      call.setSOAPVersion(SOAPConstants.SOAP12_CONSTANTS);
      return stop(call, 42);
    });
    cases.put("RPC/encoded", id -> {
      Call call = open("StopBatchJob", headers());
      call.setProperty(Call.SEND_TYPE_ATTR, Boolean.TRUE);
      call.setOperationStyle(Style.RPC);
      call.setOperationUse(Use.ENCODED);
      return stop(call, 42);
    });
    cases.put("an object as a multiRef", id -> {
      Call call = open("StartBatchJob", headers());
      call.setOperationStyle(Style.RPC);
      call.setOperationUse(Use.ENCODED);
      call.addParameter(new QName(SERVICE, "BatchTaskInfo"), org.apache.axis.Constants.SOAP_MAP, ParameterMode.IN);
      call.setReturnType(XMLType.XSD_INT);
      return call.invoke(new Object[] {Map.of("Name", "nightly")});
    });
    cases.put("a header that must be understood", id -> {
      Call call = open("StopBatchJob", headers());
      SOAPHeaderElement route = new SOAPHeaderElement("urn:route", "Route");
      route.setMustUnderstand(true);
      call.addHeader(route);
      return stop(call, 42);
    });
    return cases;
  }

  static String quote(Object text) { return "\"" + String.valueOf(text).replaceAll("[^ -~]|[\"\\\\]", " ") + "\""; }

  public static void main(String[] args) throws Exception {
    address = args[1];
    token = args[2];
    ticket = args[3];
    Map<String, Case> cases = cases();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String[] parts = line.split("\t");
      String result = "{\"cannot\": \"it is typed\"}";
      try {
        if (cases.containsKey(parts[0])) result = "{\"read\": " + quote(cases.get(parts[0]).run(Integer.parseInt(parts[1]))) + "}";
      } catch (AxisFault fault) {
        result = "{\"error\": " + quote(fault.getFaultString()) + "}";
      } catch (Exception error) {
        result = "{\"error\": " + quote(error) + "}";
      }
      System.out.println(result);
    }
  }
}
