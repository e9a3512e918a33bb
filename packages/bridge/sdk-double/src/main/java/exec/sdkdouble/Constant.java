package exec.sdkdouble;

import com.genesyslab.platform.commons.GEnum;

/** A constant of any enumeration, by the name that the script gives. */
public final class Constant extends GEnum {
  public Constant(String name) {
    super(name, name.hashCode());
  }
}
