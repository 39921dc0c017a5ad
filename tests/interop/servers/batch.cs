// A Batch agent on WCF: message contracts and data contracts as the vendor's WSDL has them, and jobs in memory.
// The WCF client is compiled together with this file.
using System;
using System.Collections.Generic;
using System.Runtime.Serialization;
using System.ServiceModel;

public static class Names {
  public const string Service = "http://www.superoffice.net/ws/crm/NetServer/Services85";
  public const string Batch = Service + "/Batch/";
}

[CollectionDataContract(Namespace = Names.Service, ItemName = "StringKeyValuePair", KeyName = "Key", ValueName = "Value")]
public class StringDictionary : Dictionary<string, string> { }

[CollectionDataContract(Namespace = Names.Service, ItemName = "FieldPropertyDictionaryKeyValuePair", KeyName = "Key", ValueName = "Value")]
public class FieldPropertyDictionary : Dictionary<string, FieldProperty> { }

[DataContract(Namespace = Names.Service)]
public class FieldProperty {
  [DataMember(Order = 0)] public FieldRight FieldRight;
  [DataMember(Order = 1)] public string FieldType;
  [DataMember(Order = 2)] public int FieldLength;
}

[DataContract(Namespace = Names.Service)]
public class FieldRight {
  [DataMember(Order = 0)] public EFieldRight Mask;
  [DataMember(Order = 1)] public string Reason;
}

[DataContract(Namespace = Names.Service), Flags]
public enum EFieldRight {
  [EnumMember] Read = 1, [EnumMember] Write = 2, [EnumMember] Unused1 = 4, [EnumMember] Unused2 = 8, [EnumMember] Unused3 = 16,
  [EnumMember] Unused4 = 32, [EnumMember] UIHintMandatory = 64, [EnumMember] UIHintReadOnly = 128, [EnumMember] UndefinedValue256 = 256,
}

[DataContract(Namespace = Names.Service)]
public class TableRight {
  [DataMember(Order = 0)] public ETableRight Mask;
  [DataMember(Order = 1)] public string Reason;
}

[DataContract(Namespace = Names.Service), Flags]
public enum ETableRight {
  [EnumMember] Select = 1, [EnumMember] Update = 2, [EnumMember] Insert = 4, [EnumMember] Delete = 8, [EnumMember] Filtering = 16,
  [EnumMember] RestrictedUpdate = 32,
}

[DataContract(Namespace = Names.Service)]
public class Carrier {
  [DataMember(Order = 0)] public TableRight TableRight;
  [DataMember(Order = 1)] public FieldPropertyDictionary FieldProperties;
}

[DataContract(Namespace = Names.Service)]
public enum BatchTaskState {
  [EnumMember] Unknown, [EnumMember] New, [EnumMember] Aquired, [EnumMember] Started, [EnumMember] Succeeded, [EnumMember] Failed,
  [EnumMember] All = 99999,
}

[DataContract(Namespace = Names.Service)]
public class BatchTaskInfo : Carrier {
  [DataMember(Order = 0)] public int Id;
  [DataMember(Order = 1)] public string Name;
  [DataMember(Order = 2)] public int AssociateId;
  [DataMember(Order = 3)] public short DetailsTable;
  [DataMember(Order = 4)] public int DetailsRecord;
  [DataMember(Order = 5)] public bool IsSystemTask;
  [DataMember(Order = 6)] public bool IsInternalTask;
  [DataMember(Order = 7)] public StringDictionary ParameterObject;
  [DataMember(Order = 8)] public DateTime LastStarted;
  [DataMember(Order = 9)] public DateTime Created;
  [DataMember(Order = 10)] public int StartCount;
  [DataMember(Order = 11)] public string DatabaseSerialNumber;
  [DataMember(Order = 12)] public string Context;
  [DataMember(Order = 13)] public string Result;
  [DataMember(Order = 14)] public BatchTaskState State;
  [DataMember(Order = 15)] public string Description;
  [DataMember(Order = 16)] public string Response;
  [DataMember(Order = 17)] public string Request;
  [DataMember(Order = 18)] public string ProgressDescription;
  [DataMember(Order = 19)] public short ProgressPercent;
}

[DataContract(Namespace = Names.Service)] public class SoCredentials { [DataMember] public string Ticket; }

[DataContract(Namespace = Names.Service)]
public class SoTimeZone {
  [DataMember(Order = 0)] public int SoTimeZoneId;
  [DataMember(Order = 1)] public string SoTimeZoneLocationCode;
}

[DataContract(Namespace = Names.Service)]
public class SoExceptionInfo {
  [DataMember(Order = 0)] public string Message;
  [DataMember(Order = 1)] public string StackTrace;
  [DataMember(Order = 2)] public string FriendlyText;
  [DataMember(Order = 3)] public string ExceptionType;
  [DataMember(Order = 4)] public string Source;
  [DataMember(Order = 5)] public SoExceptionInfo InnerException;
}

[MessageContract]
public class Request {
  [MessageHeader(Namespace = Names.Service)] public string ApplicationToken;
  [MessageHeader(Namespace = Names.Service)] public SoCredentials Credentials;
  [MessageHeader(Namespace = Names.Service)] public SoTimeZone TimeZone;
}

[MessageContract]
public class Answer {
  [MessageHeader(Namespace = Names.Service)] public SoExceptionInfo ExceptionInfo;
  [MessageHeader(Namespace = Names.Service)] public bool Succeeded;
  [MessageHeader(Namespace = Names.Service)] public SoTimeZone TimeZone;
}

[MessageContract(WrapperName = "StopBatchJob", WrapperNamespace = Names.Service)]
public class Stop : Request { [MessageBodyMember(Namespace = Names.Service)] public int Id; }
[MessageContract(WrapperName = "StopBatchJobResponse", WrapperNamespace = Names.Service)]
public class Stopped : Answer { [MessageBodyMember(Namespace = Names.Service)] public bool Response; }

[MessageContract(WrapperName = "GetBatchTaskInfo", WrapperNamespace = Names.Service)]
public class Get : Request { [MessageBodyMember(Namespace = Names.Service)] public int Id; }
[MessageContract(WrapperName = "GetBatchTaskInfoResponse", WrapperNamespace = Names.Service)]
public class Got : Answer { [MessageBodyMember(Namespace = Names.Service)] public BatchTaskInfo Response; }

[MessageContract(WrapperName = "StartBatchJob", WrapperNamespace = Names.Service)]
public class Start : Request { [MessageBodyMember(Namespace = Names.Service)] public BatchTaskInfo BatchTaskInfo; }
[MessageContract(WrapperName = "StartBatchJobResponse", WrapperNamespace = Names.Service)]
public class Started : Answer { [MessageBodyMember(Namespace = Names.Service)] public int Response; }

[MessageContract(WrapperName = "UpdateBatchTask", WrapperNamespace = Names.Service)]
public class Update : Request { [MessageBodyMember(Namespace = Names.Service)] public BatchTaskInfo BatchTaskInfo; }
[MessageContract(WrapperName = "UpdateBatchTaskResponse", WrapperNamespace = Names.Service)]
public class Updated : Answer { [MessageBodyMember(Namespace = Names.Service)] public BatchTaskInfo Response; }

[MessageContract(WrapperName = "GetBatchTaskInfosByState", WrapperNamespace = Names.Service)]
public class ByState : Request { [MessageBodyMember(Namespace = Names.Service)] public BatchTaskState State; }
[MessageContract(WrapperName = "GetBatchTaskInfosByStateResponse", WrapperNamespace = Names.Service)]
public class FoundByState : Answer { [MessageBodyMember(Namespace = Names.Service)] public List<BatchTaskInfo> Response; }

[MessageContract(WrapperName = "GetBatchTaskInfosByAssociates", WrapperNamespace = Names.Service)]
public class ByAssociates : Request { [MessageBodyMember(Namespace = Names.Service)] public List<int> AssociateIds; }
[MessageContract(WrapperName = "GetBatchTaskInfosByAssociatesResponse", WrapperNamespace = Names.Service)]
public class FoundByAssociates : Answer { [MessageBodyMember(Namespace = Names.Service)] public List<BatchTaskInfo> Response; }

[MessageContract(WrapperName = "GetBatchTaskInfosByNameAndState", WrapperNamespace = Names.Service)]
public class ByNameAndState : Request {
  [MessageBodyMember(Namespace = Names.Service, Order = 0)] public string Name;
  [MessageBodyMember(Namespace = Names.Service, Order = 1)] public BatchTaskState State;
}
[MessageContract(WrapperName = "GetBatchTaskInfosByNameAndStateResponse", WrapperNamespace = Names.Service)]
public class FoundByNameAndState : Answer { [MessageBodyMember(Namespace = Names.Service)] public List<BatchTaskInfo> Response; }

[ServiceContract(Namespace = Names.Service, Name = "Batch")]
public interface IBatch {
  [OperationContract(Action = Names.Batch + "StopBatchJob", ReplyAction = Names.Batch + "StopBatchJobResponse")]
  Stopped StopBatchJob(Stop asked);
  [OperationContract(Action = Names.Batch + "GetBatchTaskInfo", ReplyAction = Names.Batch + "GetBatchTaskInfoResponse")]
  Got GetBatchTaskInfo(Get asked);
  [OperationContract(Action = Names.Batch + "StartBatchJob", ReplyAction = Names.Batch + "StartBatchJobResponse")]
  Started StartBatchJob(Start asked);
  [OperationContract(Action = Names.Batch + "UpdateBatchTask", ReplyAction = Names.Batch + "UpdateBatchTaskResponse")]
  Updated UpdateBatchTask(Update asked);
  [OperationContract(Action = Names.Batch + "GetBatchTaskInfosByState", ReplyAction = Names.Batch + "GetBatchTaskInfosByStateResponse")]
  FoundByState GetBatchTaskInfosByState(ByState asked);
  [OperationContract(Action = Names.Batch + "GetBatchTaskInfosByAssociates", ReplyAction = Names.Batch + "GetBatchTaskInfosByAssociatesResponse")]
  FoundByAssociates GetBatchTaskInfosByAssociates(ByAssociates asked);
  [OperationContract(Action = Names.Batch + "GetBatchTaskInfosByNameAndState", ReplyAction = Names.Batch + "GetBatchTaskInfosByNameAndStateResponse")]
  FoundByNameAndState GetBatchTaskInfosByNameAndState(ByNameAndState asked);
}
