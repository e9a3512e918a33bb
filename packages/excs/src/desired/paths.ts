/** Names objects of Engage for people: what they are called and where Genesys Administrator shows them. */
import type {
  EngageAttributeValue,
  EngageDn,
  EngageGroup,
  EngagePerson,
  EngageSkill,
  EngageSnapshot,
} from '../engage/snapshot.ts';
import { objectType } from '../engage/snapshot.ts';
import { folderPath } from './folders.ts';
import type { EngageKind, EngageObject } from './model.ts';

export class EngagePaths {
  readonly #snapshot: EngageSnapshot;
  readonly #switchNames: ReadonlyMap<number, string>;

  constructor(snapshot: EngageSnapshot) {
    this.#snapshot = snapshot;
    this.#switchNames = new Map(snapshot.switches.map((found) => [found.dbid, found.name]));
  }

  person(person: EngagePerson): EngageObject {
    const name = `${person.firstName} ${person.lastName}`.trim() || person.userName || person.employeeId;
    const label = person.employeeId === '' ? person.userName : person.employeeId;
    return this.#object('person', person.dbid, name, 'Persons', objectType.person, label);
  }

  skill(skill: EngageSkill): EngageObject {
    return this.#object('skill', skill.dbid, skill.name, 'Skills', objectType.skill, skill.name);
  }

  queue(dn: EngageDn): EngageObject {
    const unit = `Switches/${this.#switchNames.get(dn.switchDbid) ?? dn.switchDbid}`;
    const folders = folderPath(this.#snapshot.folders, objectType.dn, dn.dbid);
    const parts = [unit, ...(folders.length === 0 ? ['DNs'] : folders), dn.number];
    return { kind: 'queue', dbid: dn.dbid, name: dn.alias || dn.number, path: this.#path(parts) };
  }

  group(group: EngageGroup): EngageObject {
    return this.#object('group', group.dbid, group.name, 'Agent Groups', objectType.agentGroup, group.name);
  }

  wrapupCode(value: EngageAttributeValue): EngageObject {
    const attribute = this.#snapshot.wrapupAttribute?.name ?? '';
    const path = this.#path(['Business Attributes', attribute, value.name]);
    return { kind: 'wrapup-code', dbid: value.dbid, name: value.displayName || value.name, path };
  }

  tenant(): EngageObject {
    const { dbid, name } = this.#snapshot.tenant;
    return { kind: 'tenant', dbid, name, path: `/${name}` };
  }

  #object(
    kind: EngageKind,
    dbid: EngageObject['dbid'],
    name: string,
    unit: string,
    type: number,
    label: string,
  ): EngageObject {
    const folders = folderPath(this.#snapshot.folders, type, dbid);
    return { kind, dbid, name, path: this.#path([...(folders.length === 0 ? [unit] : folders), label]) };
  }

  #path(parts: readonly string[]): string {
    return `/${[this.#snapshot.tenant.name, ...parts].join('/')}`;
  }
}
