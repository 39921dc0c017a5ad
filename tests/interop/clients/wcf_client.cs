// WCF's ChannelFactory on BasicHttpBinding, with the contract of servers/batch.cs. What is typed cannot hold 'abc' for an
// int; its mistakes are those of a contract written by hand, or kept from another version: a case each.
using System;
using System.Collections.Generic;
using System.Runtime.Serialization;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.Text;

namespace Mistakes {
  [DataContract(Name = "BatchTaskInfo")] public class WithoutNamespace { [DataMember(Order = 1)] public string Name; }
  [DataContract(Name = "BatchTaskInfo", Namespace = Names.Service)]
  public class WithoutOrder { [DataMember] public string Name; [DataMember] public string Context; }
  [DataContract(Name = "BatchTaskInfo", Namespace = Names.Service)]
  public class OwnMember { [DataMember(Order = 0)] public string Name; [DataMember(Order = 1)] public int Priority; }
  [DataContract(Namespace = Names.Service)] public enum OwnState { [EnumMember] New, [EnumMember] Acquired }
  [DataContract(Name = "BatchTaskInfo", Namespace = Names.Service)]
  public class OwnEnum { [DataMember(Order = 0)] public string Name; [DataMember(Order = 1)] public OwnState State; }
  [DataContract(Name = "BatchTaskInfo", Namespace = Names.Service)]
  public class LowerCase { [DataMember(Name = "name")] public string Name; }

  [MessageContract(WrapperName = "StartBatchJob", WrapperNamespace = Names.Service)]
  public class Start<T> : Request { [MessageBodyMember(Namespace = Names.Service)] public T BatchTaskInfo; }
  [MessageContract(WrapperName = "StopBatchJob", WrapperNamespace = Names.Service)]
  public class StopLong : Request { [MessageBodyMember(Namespace = Names.Service)] public long Id; }
  [MessageContract(WrapperName = "StopBatchJob", WrapperNamespace = Names.Service)]
  public class StopText : Request { [MessageBodyMember(Namespace = Names.Service)] public string Id; }
  [MessageContract(WrapperName = "StopBatchJob", WrapperNamespace = Names.Service)]
  public class StopLower : Request { [MessageBodyMember(Name = "id", Namespace = Names.Service)] public int Id; }
  [MessageContract(WrapperName = "StopBatchJob", WrapperNamespace = Names.Service)]
  public class StopElsewhere : Request { [MessageBodyMember(Namespace = "http://tempuri.org/")] public int Id; }

  [ServiceContract(Namespace = Names.Service, Name = "Batch")]
  public interface IStart<T> {
    [OperationContract(Action = Names.Batch + "StartBatchJob", ReplyAction = Names.Batch + "StartBatchJobResponse")] Started Start(Start<T> asked);
  }
  [ServiceContract(Namespace = Names.Service, Name = "Batch")]
  public interface IStop<T> {
    [OperationContract(Action = Names.Batch + "StopBatchJob", ReplyAction = Names.Batch + "StopBatchJobResponse")] Stopped Stop(T asked);
  }
  [ServiceContract(Namespace = Names.Service, Name = "Batch")]  // without Action: WCF makes Namespace/Batch/Stop of it
  public interface IOwnAction { [OperationContract] Stopped Stop(global::Stop asked); }
}

public static class Program {
  static string address, token, ticket;

  static T Open<T>(Binding binding = null) { return new ChannelFactory<T>(binding ?? new BasicHttpBinding(), new EndpointAddress(address)).CreateChannel(); }
  static T Asked<T>() where T : Request, new() { return new T { ApplicationToken = token, Credentials = new SoCredentials { Ticket = ticket } }; }
  static T With<T>(this T asked, Action<T> change) { change(asked); return asked; }
  static IBatch Batch { get { return Open<IBatch>(); } }

  static object Stop(int id, Action<Stop> change = null) {
    return Batch.StopBatchJob(Asked<Stop>().With(asked => { asked.Id = id; if (change != null) change(asked); })).Response;
  }
  static object Stop<T>(Action<T> change) where T : Request, new() { return Open<Mistakes.IStop<T>>().Stop(Asked<T>().With(change)).Response; }
  static object Start<T>(T carrier) { return Open<Mistakes.IStart<T>>().Start(Asked<Mistakes.Start<T>>().With(asked => asked.BatchTaskInfo = carrier)).Response; }
  static object Start(BatchTaskInfo carrier) { return Batch.StartBatchJob(Asked<Start>().With(asked => asked.BatchTaskInfo = carrier)).Response; }

  static BatchTaskInfo Full() {
    return new BatchTaskInfo {
      TableRight = new TableRight { Mask = ETableRight.Select | ETableRight.Update, Reason = "own" },
      FieldProperties = new FieldPropertyDictionary {
        { "Name", new FieldProperty { FieldRight = new FieldRight { Mask = EFieldRight.Read | EFieldRight.Write, Reason = "" }, FieldType = "string", FieldLength = 254 } } },
      Name = "Kjør <natt> & 日本 😀", AssociateId = 103, DetailsTable = 5, DetailsRecord = -1, IsInternalTask = true,
      ParameterObject = new StringDictionary { { "from", "1" }, { "to", "2" } },
      LastStarted = new DateTime(2026, 11, 23, 22, 0, 0, DateTimeKind.Local), Created = new DateTime(2026, 11, 23, 21, 58, 0, DateTimeKind.Utc),
      DatabaseSerialNumber = "1", Context = "endless", Result = "none", State = BatchTaskState.New, Description = "every member",
      Response = "r", Request = "q", ProgressDescription = "p",
    };
  }

  // The running job's id is the only thing that a case is told.
  static readonly Dictionary<string, Func<int, object>> Cases = new Dictionary<string, Func<int, object>> {
    { "stop a running job", id => Stop(id) },
    { "stop an unknown id", id => Stop(int.MaxValue) },
    { "a bad ticket", id => Stop(42, asked => asked.Credentials.Ticket = "7T:bm9ib2R5") },
    { "with TimeZone", id => Stop(42, asked => asked.TimeZone = new SoTimeZone { SoTimeZoneId = 63, SoTimeZoneLocationCode = "NO" }) },
    { "start: a full BatchTaskInfo", id => Start(Full()) },
    { "start: few members", id => Start(new BatchTaskInfo { Name = "nightly", Context = "takes=1", State = BatchTaskState.New }) },
    { "update what was read", id => {
      var job = Batch.GetBatchTaskInfo(Asked<Get>().With(asked => asked.Id = id)).Response;
      return Batch.UpdateBatchTask(Asked<Update>().With(asked => asked.BatchTaskInfo = job)).Response != null; } },
    { "find: an enum", id => Batch.GetBatchTaskInfosByState(Asked<ByState>().With(asked => asked.State = BatchTaskState.Started)).Response != null },
    { "find: a list of ids", id => Batch.GetBatchTaskInfosByAssociates(Asked<ByAssociates>().With(asked => asked.AssociateIds = new List<int> { 1, 103 })).Response != null },
    { "find: an empty text", id => Batch.GetBatchTaskInfosByNameAndState(Asked<ByNameAndState>().With(asked => { asked.Name = ""; asked.State = BatchTaskState.All; })).Response != null },

    { "find: null for a text", id => Batch.GetBatchTaskInfosByNameAndState(Asked<ByNameAndState>().With(asked => asked.State = BatchTaskState.New)).Response != null },
    { "find: no ids at all", id => Batch.GetBatchTaskInfosByAssociates(Asked<ByAssociates>().With(asked => asked.AssociateIds = new List<int>())).Response != null },
    { "start: the smallest of everything", id => Start(new BatchTaskInfo {
        FieldProperties = new FieldPropertyDictionary(), Id = int.MinValue, Name = "", DetailsTable = short.MinValue,
        ParameterObject = new StringDictionary { { "", "" } }, Description = " \t\n " }) },

    { "Id 'abc'", id => Stop<Mistakes.StopText>(asked => asked.Id = "abc") },
    { "Id null", id => Stop<Mistakes.StopText>(asked => {}) },
    { "Id ''", id => Stop<Mistakes.StopText>(asked => asked.Id = "") },
    { "Id too large", id => Stop<Mistakes.StopLong>(asked => asked.Id = 2147483648) },
    { "id for Id", id => Stop<Mistakes.StopLower>(asked => asked.Id = 42) },
    { "parameters in another namespace", id => Stop<Mistakes.StopElsewhere>(asked => asked.Id = 42) },
    { "a member unknown", id => Start(new Mistakes.OwnMember { Name = "nightly", Priority = 1 }) },
    { "a member in lower case", id => Start(new Mistakes.LowerCase { Name = "nightly" }) },
    { "members out of order", id => Start(new Mistakes.WithoutOrder { Name = "nightly", Context = "takes=1" }) },
    { "a type in another namespace", id => Start(new Mistakes.WithoutNamespace { Name = "nightly" }) },
    { "a state with its right spelling", id => Start(new Mistakes.OwnEnum { Name = "nightly", State = Mistakes.OwnState.Acquired }) },
    { "no headers", id => Stop(42, asked => { asked.ApplicationToken = null; asked.Credentials = null; }) },
    { "no Credentials", id => Stop(42, asked => asked.Credentials = null) },
    { "a Ticket ''", id => Stop(42, asked => asked.Credentials.Ticket = "") },
    { "a Ticket null", id => Stop(42, asked => asked.Credentials.Ticket = null) },
    { "no ApplicationToken", id => Stop(42, asked => asked.ApplicationToken = null) },
    { "SOAPAction of its own making", id => Open<Mistakes.IOwnAction>().Stop(Asked<Stop>().With(asked => asked.Id = 42)).Response },
    { "SOAP 1.2", id => Open<IBatch>(new CustomBinding(
        new TextMessageEncodingBindingElement(MessageVersion.CreateVersion(EnvelopeVersion.Soap12, AddressingVersion.None), Encoding.UTF8),
        new HttpTransportBindingElement())).StopBatchJob(Asked<Stop>().With(asked => asked.Id = 42)).Response },
    { "WS-Addressing that must be understood", id => Open<IBatch>(new CustomBinding(
        new TextMessageEncodingBindingElement(MessageVersion.Soap11WSAddressing10, Encoding.UTF8), new HttpTransportBindingElement()))
        .StopBatchJob(Asked<Stop>().With(asked => asked.Id = 42)).Response },
    { "in UTF-16", id => Open<IBatch>(new BasicHttpBinding { TextEncoding = Encoding.Unicode })
        .StopBatchJob(Asked<Stop>().With(asked => asked.Id = 42)).Response },
  };

  static string Quote(string text) { return "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\r", " ").Replace("\n", " ") + "\""; }

  static string Run(string name, int running) {
    if (!Cases.ContainsKey(name)) return "{\"cannot\": \"it is typed\"}";
    try {
      var read = Cases[name](running);
      return "{\"read\": " + (read is bool ? read.ToString().ToLower() : Quote(Convert.ToString(read))) + "}";
    } catch (Exception error) { return "{\"error\": " + Quote(error.Message) + "}"; }
  }

  public static void Main(string[] args) {
    address = args[1]; token = args[2]; ticket = args[3];
    for (string line; (line = Console.In.ReadLine()) != null; ) {
      var parts = line.Split('\t');
      Console.WriteLine(Run(parts[0], int.Parse(parts[1])));
      Console.Out.Flush();
    }
  }
}
