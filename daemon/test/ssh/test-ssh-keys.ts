import type { SshAccess } from '@vastrox/shared/ssh-key.ts'
import type { AccessService } from '#core/access/access-service.ts'
import { createSshKeyService } from '#core/access/ssh-key-service.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createAppStore } from '#store/app-store.ts'
import { createSshKeyStore } from '#store/ssh-key-store.ts'
import { createUserStore } from '#store/user-store.ts'

interface Deps {
  db: Database
  access: AccessService
  audit: AuditLog
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
}

/** Keys over a test's database. */
export const createTestSshKeys = ({ db, access, audit, events, clock, newId }: Deps) =>
  createSshKeyService({
    keys: createSshKeyStore(db),
    users: createUserStore(db),
    apps: createAppStore(db),
    actors: access.actors,
    userOf: access.userOf,
    auditLog: audit,
    events,
    clock,
    newId,
    transact: transactionOf(db),
  })

/** Where no SSH server is part of the test. */
export const describeNoSsh = (): SshAccess => ({
  host: 'localhost',
  port: 2222,
  hostKeys: [],
  connections: { open: 0, git: 0, console: 0, sftp: 0 },
})
