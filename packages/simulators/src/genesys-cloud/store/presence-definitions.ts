/** The presence definitions every organisation starts with. */

export interface PresenceDefinition {
  readonly id: string;
  readonly type: 'System' | 'User';
  /** PascalCase: `OnQueue`. */
  readonly systemPresence: string;
  readonly languageLabels: Readonly<Record<string, string>>;
  readonly divisionId: string;
  readonly deactivated: boolean;
}

/**
 * The first six IDs are those seen in public code, the same in every organisation as far as seen; the others are
 * made up. Clients look all of them up.
 */
const builtIn: readonly (readonly [systemPresence: string, label: string, id: string])[] = [
  ['Available', 'Available', '6a3af858-942f-489d-9700-5f9bcdcdae9b'],
  ['OnQueue', 'On Queue', 'e08eaf1b-ee47-4fa9-a231-1200e284798f'],
  ['Busy', 'Busy', '31fe3bac-dea6-44b7-bed7-47f91660a1a0'],
  ['Meal', 'Meal', '3fd96123-badb-4f69-bc03-1b1ccc6d8014'],
  ['Break', 'Break', '227b37e2-f1d0-4dd0-8f50-badd7cf6d158'],
  ['Offline', 'Offline', 'ccf3c10a-aa2c-4845-8e8d-f59fa48c58e5'],
  ['Away', 'Away', '5e5c5c66-ea97-4e7f-ac41-6424784829f2'],
  ['Meeting', 'Meeting', '8b1f7c1e-0f43-4a5f-9d52-7a6f0a3f5b21'],
  ['Training', 'Training', '2c9f0a4d-6e0b-4c39-8d57-1f6b1f3e7c42'],
  ['Idle', 'Idle', '9d6a7b3c-51e8-4f0a-bb1d-3c2e4d5f6a73'],
];

export class PresenceDefinitions {
  readonly #definitions = new Map<string, PresenceDefinition>();

  constructor() {
    for (const [systemPresence, label, id] of builtIn)
      this.#definitions.set(id, {
        id,
        type: 'System',
        systemPresence,
        languageLabels: { en_US: label },
        divisionId: '*',
        deactivated: false,
      });
  }

  get(id: string): PresenceDefinition | undefined {
    return this.#definitions.get(id);
  }

  all(): IterableIterator<PresenceDefinition> {
    return this.#definitions.values();
  }

  /** The built-in one of a system presence: `OnQueue`. */
  system(systemPresence: string): PresenceDefinition | undefined {
    for (const definition of this.#definitions.values())
      if (definition.type === 'System' && definition.systemPresence === systemPresence) return definition;
    return undefined;
  }
}
