package com.genesyslab.platform.voice.protocol.tserver;

/** Test double. */
public class TimeStamp {
  private final int seconds;
  private final int micros;

  public TimeStamp(int seconds, int micros) {
    this.seconds = seconds;
    this.micros = micros;
  }

  public int getTimeinSecs() {
    return seconds;
  }

  public int getTimeinuSecs() {
    return micros;
  }
}
