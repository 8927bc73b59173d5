import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { AddonUser } from '#ports/addon-kind.ts'

export const DATABASE = 'app'
/** Everything that apps make belongs to it, and every app's user is a member of it. */
export const OWNER = 'app_owner'

const ITERATIONS = 4_096
const NAME = /^[a-z][a-z0-9_]{0,62}$/

/** Names are made by us; one that is not of that form is a mistake of ours. */
export function roleName(username: string): string {
  if (!NAME.test(username)) throw new Error(`no name for a role: ${username}`)
  return `"${username}"`
}

/**
 * What the server keeps of a password, made here: the password itself is in no statement, so that it
 * cannot be in a log of the server either. The salt follows from what it salts, so that the same
 * wish is the same text; each user has one of its own.
 */
export function verifierOf({ username, password }: AddonUser): string {
  const salt = createHash('sha256').update(`salt|${username}|${password}`).digest().subarray(0, 16)
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  const storedKey = createHash('sha256').update(clientKey).digest('base64')
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}

/** The database, and the role that owns what is in it. */
export const SET_UP = `
SELECT 'CREATE ROLE ${OWNER} NOLOGIN'
  WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${OWNER}')\\gexec
SELECT 'CREATE DATABASE ${DATABASE} OWNER ${OWNER}'
  WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = '${DATABASE}')\\gexec
ALTER DATABASE ${DATABASE} OWNER TO ${OWNER};
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
\\connect ${DATABASE}
ALTER SCHEMA public OWNER TO ${OWNER};
`

/** Idempotent. From its first statement on, a session of the user is one of the owner. */
export const createRole = (user: AddonUser): string => `
SELECT 'CREATE ROLE ${roleName(user.username)}'
  WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${user.username}')\\gexec
ALTER ROLE ${roleName(user.username)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT
  PASSWORD '${verifierOf(user)}';
GRANT ${OWNER} TO ${roleName(user.username)};
ALTER ROLE ${roleName(user.username)} SET role TO '${OWNER}';
`

export const changeRole = (user: AddonUser): string =>
  `ALTER ROLE ${roleName(user.username)} PASSWORD '${verifierOf(user)}';\n`

/** What is its own after all goes to the owner; what it was granted goes. */
export const dropRole = (username: string): string => `
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '${username}';
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles WHERE rolname = '${username}'\\gexec
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '${username}';
SELECT format('REASSIGN OWNED BY %I TO ${OWNER}', rolname)
  FROM pg_roles WHERE rolname = '${username}'\\gexec
SELECT format('DROP OWNED BY %I', rolname) FROM pg_roles WHERE rolname = '${username}'\\gexec
SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE rolname = '${username}'\\gexec
`
