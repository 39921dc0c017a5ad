// The service on BasicHttpBinding. Its arguments: a free port, the application token, the ticket. It ends with its input.
using System;
using System.Collections.Generic;
using System.Linq;
using System.ServiceModel;

[ServiceBehavior(Namespace = Names.Service, InstanceContextMode = InstanceContextMode.Single, ConcurrencyMode = ConcurrencyMode.Single)]
public class BatchService : IBatch {
  readonly Dictionary<int, BatchTaskInfo> jobs = new Dictionary<int, BatchTaskInfo>();
  readonly string token, ticket;
  public BatchService(string token, string ticket) { this.token = token; this.ticket = ticket; }

  T Answer<T>(Request asked, Action<T> fill) where T : Answer, new() {
    var allowed = asked.ApplicationToken == token && asked.Credentials != null && asked.Credentials.Ticket == ticket;
    var answer = new T { Succeeded = allowed, TimeZone = asked.TimeZone };
    if (allowed) fill(answer);
    else answer.ExceptionInfo = new SoExceptionInfo { Message = "Not authenticated", ExceptionType = "SoAuthenticationException" };
    return answer;
  }
  BatchTaskInfo Find(int id) { BatchTaskInfo job; jobs.TryGetValue(id, out job); return job; }
  List<BatchTaskInfo> Select(Func<BatchTaskInfo, bool> wanted) { return jobs.Values.Where(wanted).ToList(); }
  static bool Has(BatchTaskInfo job, BatchTaskState state) { return state == BatchTaskState.All || job.State == state; }

  public Stopped StopBatchJob(Stop asked) {
    return Answer<Stopped>(asked, answer => {
      var job = Find(asked.Id);
      answer.Response = job != null && job.State == BatchTaskState.Started;
      if (answer.Response) job.State = BatchTaskState.Failed;
    });
  }
  public Got GetBatchTaskInfo(Get asked) { return Answer<Got>(asked, answer => answer.Response = Find(asked.Id)); }
  public Started StartBatchJob(Start asked) {
    return Answer<Started>(asked, answer => {
      if (asked.BatchTaskInfo == null) return;
      var job = asked.BatchTaskInfo;
      job.Id = answer.Response = jobs.Count + 1;
      job.State = BatchTaskState.Started;
      jobs[job.Id] = job;
    });
  }
  public Updated UpdateBatchTask(Update asked) {
    return Answer<Updated>(asked, answer => { if (asked.BatchTaskInfo != null) answer.Response = jobs[asked.BatchTaskInfo.Id] = asked.BatchTaskInfo; });
  }
  public FoundByState GetBatchTaskInfosByState(ByState asked) {
    return Answer<FoundByState>(asked, answer => answer.Response = Select(job => Has(job, asked.State)));
  }
  public FoundByAssociates GetBatchTaskInfosByAssociates(ByAssociates asked) {
    return Answer<FoundByAssociates>(asked, answer => answer.Response = Select(job => asked.AssociateIds != null && asked.AssociateIds.Contains(job.AssociateId)));
  }
  public FoundByNameAndState GetBatchTaskInfosByNameAndState(ByNameAndState asked) {
    return Answer<FoundByNameAndState>(asked, answer => answer.Response = Select(job => job.Name == asked.Name && Has(job, asked.State)));
  }
}

public static class Program {
  public static void Main(string[] args) {
    var url = "http://127.0.0.1:" + args[0] + "/Cust12345/Remote/Services85/Batch.svc";
    var host = new ServiceHost(new BatchService(args[1], args[2]));
    host.AddServiceEndpoint(typeof(IBatch), new BasicHttpBinding(), url);
    host.Open();
    Console.WriteLine(url);
    Console.Out.Flush();
    Console.In.ReadToEnd();
    host.Close();
  }
}
