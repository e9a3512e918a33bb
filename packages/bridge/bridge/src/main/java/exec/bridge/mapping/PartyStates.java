package exec.bridge.mapping;

import java.util.ArrayList;
import java.util.List;

/** Reads the composite number by which T-Library tells the state of a party: main state, flags, modifiers. */
public final class PartyStates {
  private static final int DIALING = 0x10000;
  private static final int UNCERTAIN = 0x20000;
  private static final int[] FLAG_BITS = {0x10, 0x20, 0x80, 0x40};
  private static final String[] FLAG_NAMES = {"NoListen", "NoTalk", "Audit", "Bridged"};

  /**
   * @param state name in Engage Link, or {@code Unknown(n)}
   * @param flags names of the flags that are set
   * @param uncertain whether the server itself marks the state as uncertain
   */
  public record Decoded(String state, List<String> flags, boolean uncertain) {}

  private PartyStates() {}

  /** Treatment and routing bits say nothing that Engage Link has a word for: they are left out. */
  public static Decoded decode(int composite, MappingTable.Names names) {
    int main = composite & 0xF;
    String name = names.ofNumber(main);
    String state = name == null ? "Unknown(" + main + ")" : name;
    // Dialing modifies a state: who is connected and dialling still dials, who is held stays held.
    if ((composite & DIALING) != 0 && (main == 0x0 || main == 0x1 || main == 0xC)) state = "Dialing";
    List<String> flags = new ArrayList<>(4);
    for (int index = 0; index < FLAG_BITS.length; index++)
      if ((composite & FLAG_BITS[index]) != 0) flags.add(FLAG_NAMES[index]);
    return new Decoded(state, flags, (composite & UNCERTAIN) != 0);
  }
}
