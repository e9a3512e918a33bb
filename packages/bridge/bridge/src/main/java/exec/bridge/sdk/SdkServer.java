package exec.bridge.sdk;

import com.genesyslab.platform.commons.connection.configuration.PropertyConfiguration;
import com.genesyslab.platform.commons.protocol.ChannelClosedEvent;
import com.genesyslab.platform.commons.protocol.ChannelErrorEvent;
import com.genesyslab.platform.commons.protocol.ChannelListener;
import com.genesyslab.platform.commons.protocol.ClientChannel;
import com.genesyslab.platform.commons.protocol.Endpoint;
import com.genesyslab.platform.commons.protocol.Message;
import com.genesyslab.platform.commons.threading.SingleThreadInvoker;
import com.genesyslab.platform.reporting.protocol.StatServerProtocol;
import com.genesyslab.platform.reporting.protocol.statserver.DnActionsMask;
import com.genesyslab.platform.reporting.protocol.statserver.Notification;
import com.genesyslab.platform.reporting.protocol.statserver.NotificationMode;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticCategory;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticInterval;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticMetricEx;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticObject;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticObjectType;
import com.genesyslab.platform.reporting.protocol.statserver.StatisticSubject;
import com.genesyslab.platform.reporting.protocol.statserver.requests.RequestCloseStatistic;
import com.genesyslab.platform.reporting.protocol.statserver.requests.RequestOpenStatisticEx;
import com.genesyslab.platform.voice.protocol.TServerProtocol;
import com.genesyslab.platform.voice.protocol.tserver.AddressType;
import com.genesyslab.platform.voice.protocol.tserver.ControlMode;
import com.genesyslab.platform.voice.protocol.tserver.RegisterMode;
import com.genesyslab.platform.voice.protocol.tserver.requests.dn.RequestRegisterAddress;
import com.genesyslab.platform.voice.protocol.tserver.requests.dn.RequestUnregisterAddress;
import exec.bridge.config.BridgeConfig;
import exec.bridge.config.Secrets;
import exec.bridge.config.Tls;
import exec.bridge.mapping.NativeValues;
import exec.bridge.ops.JsonLog;
import java.util.EventObject;
import java.util.concurrent.atomic.AtomicBoolean;

/** One connection to a T-Server or Stat Server by the SDK. Share mode and reading requests only. */
public final class SdkServer implements NativeServer {
  private final BridgeConfig config;
  private final JsonLog log;
  private final SdkClasses classes;
  private final SdkValues values = new SdkValues();
  private volatile ClientChannel channel;

  public SdkServer(BridgeConfig config, JsonLog log) {
    this.config = config;
    this.log = log;
    Class<?> neighbour = config.side() == BridgeConfig.Side.tserver ? TServerProtocol.class : StatServerProtocol.class;
    classes = new SdkClasses(neighbour, config.classes(), log);
  }

  @Override
  public NativeValues values() {
    return values;
  }

  @Override
  public void open(Listener listener) throws Exception {
    ClientChannel next = protocol();
    next.setEndpoint(endpoint());
    // The SDK's one thread for all channels would let a slow one hold up the others.
    next.setInvoker(new SingleThreadInvoker("bridge-" + config.side()));
    next.setMessageHandler(message -> listener.message(message.messageName(), message));
    AtomicBoolean opened = new AtomicBoolean();
    AtomicBoolean told = new AtomicBoolean();
    next.addChannelListener(
        new ChannelListener() {
          @Override
          public void onChannelOpened(EventObject event) {
            opened.set(true);
          }

          @Override
          public void onChannelClosed(ChannelClosedEvent event) {
            // Without a cause it was closed by the bridge itself.
            if (event.getCause() != null && told.compareAndSet(false, true)) listener.closed(String.valueOf(event.getCause().getMessage()));
          }

          @Override
          public void onChannelError(ChannelErrorEvent event) {
            log.warn("The SDK reports an error of the channel", "error.message", String.valueOf(event.getCause()));
          }
        });
    channel = next;
    next.open(config.openTimeoutMs());
  }

  private ClientChannel protocol() throws Exception {
    if (config.side() == BridgeConfig.Side.statserver) {
      StatServerProtocol protocol = new StatServerProtocol();
      protocol.setClientName(config.clientName());
      return protocol;
    }
    TServerProtocol protocol = new TServerProtocol();
    protocol.setClientName(config.clientName());
    String password = Secrets.read(config.clientPasswordFile());
    if (password != null) protocol.setClientPassword(password);
    return protocol;
  }

  private Endpoint endpoint() throws Exception {
    PropertyConfiguration options = new PropertyConfiguration();
    options.setUseAddp(config.addpClientTimeout() > 0);
    if (config.addpClientTimeout() > 0) {
      options.setAddpClientTimeout(config.addpClientTimeout());
      options.setAddpServerTimeout(config.addpServerTimeout());
    }
    if (config.charset().isPresent()) options.setStringsEncoding(config.charset().get());
    String host = config.server().host();
    int port = config.server().port();
    return config.serverTls()
        ? new Endpoint("server", host, port, options, true, Tls.context(config.serverTlsFiles()), null)
        : new Endpoint("server", host, port, options);
  }

  @Override
  public boolean send(Request request, int reference) throws Exception {
    ClientChannel now = channel;
    if (now == null) throw new IllegalStateException("the connection is gone");
    Message message = message(request, reference);
    boolean referenced = SdkClasses.setReference(message, reference);
    now.send(message);
    return referenced;
  }

  private Message message(Request request, int reference) throws Exception {
    return switch (request.kind()) {
      case registerAddress ->
          RequestRegisterAddress.create(
              request.text(), RegisterMode.ModeShare, ControlMode.RegisterDefault, addressType(request.type()));
      case unregisterAddress -> RequestUnregisterAddress.create(request.text(), ControlMode.RegisterDefault);
      case queryAddress ->
          classes.create("RequestQueryAddress", request.text(), addressType(request.type()), "DNStatus");
      case queryServer -> classes.create("RequestQueryServer");
      case startMonitoring -> classes.create("RequestStartCallMonitoring");
      case stopMonitoring -> classes.create("RequestStopCallMonitoring");
      case openStatistic -> openStatistic(request, reference);
      case closeStatistic -> RequestCloseStatistic.create(request.number());
    };
  }

  private static AddressType addressType(String name) {
    return switch (name) {
      case "Queue" -> AddressType.Queue;
      case "RouteDN" -> AddressType.RouteDN;
      default -> AddressType.DN;
    };
  }

  private Message openStatistic(Request request, int reference) {
    StatisticMetricEx metric = StatisticMetricEx.create();
    metric.setCategory(category(request.type()));
    metric.setSubject(request.type().equals("DNStatus") ? StatisticSubject.DNStatus : StatisticSubject.DNAction);
    DnActionsMask mask = new DnActionsMask();
    mask.setAll();
    metric.setMainMask(mask);
    metric.setTimeProfile("Default");
    metric.setIntervalType(StatisticInterval.GrowingWindow);
    RequestOpenStatisticEx message =
        RequestOpenStatisticEx.create(
            StatisticObject.create(request.text(), StatisticObjectType.Agent, request.tenant(), request.tenantPassword()),
            metric,
            Notification.create(NotificationMode.Immediate, 0, 0));
    message.setReferenceId(reference);
    return message;
  }

  /** The category with reasons is published but was never seen in code: without it the actions carry what they carry. */
  private StatisticCategory category(String subject) {
    if (subject.equals("DNStatus")) return StatisticCategory.CurrentState;
    try {
      Object found = StatisticCategory.class.getMethod("valueOf", String.class).invoke(null, "CurrentStateReasons");
      if (found instanceof StatisticCategory reasons) return reasons;
    } catch (ReflectiveOperationException | RuntimeException error) {
      // Told below.
    }
    log.once("category", "CurrentStateReasons", "This SDK has no category CurrentStateReasons: CurrentState is opened instead");
    return StatisticCategory.CurrentState;
  }

  @Override
  public void close() {
    ClientChannel last = channel;
    channel = null;
    if (last == null) return;
    try {
      last.close();
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    } catch (Exception error) {
      log.debug("The connection to the server did not end in order", "error.message", String.valueOf(error.getMessage()));
    }
  }
}
