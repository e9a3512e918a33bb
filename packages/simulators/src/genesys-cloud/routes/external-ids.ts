/** Routes of the external IDs of users. */
import {
  type Answer,
  type ApiCall,
  bodyOf,
  type CloudContext,
  type Handlers,
  noContent,
  ok,
  param,
} from '../http/handler.ts';
import type { ExternalId } from '../store/external-ids.ts';
import { findUser, notFound } from './lookups.ts';
import { userView } from './user-views.ts';

export function externalIdRoutes(context: CloudContext): Handlers {
  const { users } = context.state;
  return {
    getUsersExternalidAuthorityNameExternalKey: (call) => {
      const authority = param(call, 'authorityName');
      const owner = users.byExternalId(authority, param(call, 'externalKey'));
      if (owner === undefined) throw notFound(call, `a user with that external id of ${authority}`);
      return ok(userView(context, findUser(context, call, owner.id), call.query.list('expand')));
    },
    getUserExternalid: (call) => {
      const user = findUser(context, call, param(call, 'userId'));
      return ok(users.externalIds.of(user.id).map((id) => view(user.id, id)));
    },
    getUserExternalidAuthorityName: (call) => {
      const user = findUser(context, call, param(call, 'userId'));
      const authority = param(call, 'authorityName');
      const held = users.externalIds.of(user.id).find((id) => id.authorityName === authority);
      if (held === undefined) throw notFound(call, `an external id of ${authority}`);
      return ok(view(user.id, held));
    },
    postUserExternalid: (call) => add(context, call),
    deleteUserExternalidAuthorityNameExternalKey: (call) => {
      const user = findUser(context, call, param(call, 'userId'));
      const removed = users.externalIds.remove(
        user.id,
        param(call, 'authorityName'),
        param(call, 'externalKey'),
      );
      if (!removed) throw notFound(call, 'the external id');
      users.change(user.id, {});
      return noContent;
    },
  };
}

/** An array is declared, but a single object was seen: the quirk decides. */
function add(context: CloudContext, call: ApiCall): Answer {
  const { users } = context.state;
  const user = findUser(context, call, param(call, 'userId'));
  const { authorityName, externalKey } = bodyOf<ExternalId>(call);
  users.externalIds.add(user.id, { authorityName, externalKey });
  users.change(user.id, {});
  const added = view(user.id, { authorityName, externalKey });
  return { status: 201, body: context.quirks.externalIdAnswer === 'array' ? [added] : added };
}

function view(userId: string, id: ExternalId): unknown {
  const authority = encodeURIComponent(id.authorityName);
  return {
    ...id,
    selfUri: `/api/v2/users/${userId}/externalid/${authority}/${encodeURIComponent(id.externalKey)}`,
  };
}
