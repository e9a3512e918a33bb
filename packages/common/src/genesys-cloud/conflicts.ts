/** Tells the kinds of conflict apart that Genesys Cloud reports under different statuses and codes. */
import { CloudError } from './errors.ts';

const versionText = 'does not match the current version';

/**
 * Somebody else changed the user since it was read: read it again and repeat. Comes as 409 `general.conflict`,
 * or as 400 whose message says that the version does not match (seen in Genesys' Terraform provider,
 * `genesyscloud/util/util_retries.go`).
 */
export function isVersionConflict(error: unknown): error is CloudError {
  if (!(error instanceof CloudError)) return false;
  if (error.httpStatus === 409) return error.cloudCode === 'general.conflict';
  return error.httpStatus === 400 && (error.cloudMessage ?? '').includes(versionText);
}

/** A queue or wrap-up code of that name exists: 400 `duplicate.name`. */
export function isDuplicateName(error: unknown): error is CloudError {
  return error instanceof CloudError && error.cloudCode === 'duplicate.name';
}

/** The external identity belongs to a user already: 409 `general.resource.conflict`. */
export function isExternalIdConflict(error: unknown): error is CloudError {
  return error instanceof CloudError && error.cloudCode === 'general.resource.conflict';
}

/**
 * A create met an object with the same key (user by e-mail, also a deleted one; skill, queue, wrap-up code by
 * name; external identity). Ask it only about creates: on a change of a user the same code means a version conflict.
 */
export function isDuplicate(error: unknown): error is CloudError {
  if (!(error instanceof CloudError)) return false;
  if (error.httpStatus !== 400 && error.httpStatus !== 409) return false;
  switch (error.cloudCode) {
    case 'general.conflict':
    case 'duplicate.name':
    case 'general.resource.conflict':
    case 'resource.already.exists':
      return true;
    default:
      return false;
  }
}

/** The object is not there (404). */
export function isNotFound(error: unknown): error is CloudError {
  return error instanceof CloudError && error.httpStatus === 404;
}
