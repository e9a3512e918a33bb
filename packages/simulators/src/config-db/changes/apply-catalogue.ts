/** What changes of skills, wrap-up codes and the settings of the connector do to the rows. */
import type { ContactCentre } from '../contact-centre.ts';
import { addEnumeratorValue, addSkill } from '../model/catalogue.ts';
import { placeIn } from '../model/folders.ts';
import { addTransaction, setIntegration } from '../model/integration.ts';
import { objectType, type State, state } from '../model/rows.ts';
import type { Changes, IntegrationMutation, SkillMutation, WrapupMutation } from './mutation.ts';

type Kinds = SkillMutation['kind'] | WrapupMutation['kind'] | IntegrationMutation['kind'];

export const catalogueChanges: Changes<Kinds> = {
  'skill.create': (centre, { tenant, name, folder }) => {
    addSkill(centre, { tenantDbid: tenant, name, folder });
  },
  'skill.rename': (centre, { skill, name }) => centre.store.update('cfg_skill', { dbid: skill }, { name }),
  'skill.disable': (centre, { skill }) => setSkillState(centre, skill, state.disabled),
  'skill.enable': (centre, { skill }) => setSkillState(centre, skill, state.enabled),
  'skill.delete': (centre, { skill }) => {
    for (const row of [...centre.store.rows('cfg_skill_level')])
      if (row.skill_dbid === skill) centre.store.remove('cfg_skill_level', row);
    centre.store.remove('cfg_folder_item', { object_type: objectType.skill, object_dbid: skill });
    centre.store.remove('cfg_skill', { dbid: skill });
  },
  'skill.move': (centre, { skill, folder }) => placeIn(centre, objectType.skill, skill, folder),
  'wrapup.add': (centre, { attribute, name, displayName }) => {
    const enumerator = centre.store.find('cfg_enumerator', { dbid: attribute });
    if (enumerator === undefined) throw new Error(`there is no business attribute ${attribute}`);
    addEnumeratorValue(centre, enumerator, name, displayName);
  },
  'wrapup.change-display-name': (centre, { value, displayName }) =>
    centre.store.update('cfg_enumerator_value', { dbid: value }, { display_name: displayName }),
  'wrapup.disable': (centre, { value }) =>
    centre.store.update('cfg_enumerator_value', { dbid: value }, { state: state.disabled }),
  'wrapup.enable': (centre, { value }) =>
    centre.store.update('cfg_enumerator_value', { dbid: value }, { state: state.enabled }),
  'wrapup.delete': (centre, { value }) => centre.store.remove('cfg_enumerator_value', { dbid: value }),
  'integration.set': (centre, { tenant, integration }) => {
    const found = [...centre.store.rows('cfg_transaction')].find(
      (row) => row.tenant_dbid === tenant && row.name === 'hybrid_integration',
    );
    const transaction = found ?? addTransaction(centre, tenant, 'hybrid_integration');
    setIntegration(centre, transaction.dbid, integration, false);
  },
};

function setSkillState(centre: ContactCentre, skill: number, next: State): void {
  centre.store.update('cfg_skill', { dbid: skill }, { state: next });
}
