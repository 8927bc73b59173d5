import type { AccessChanges } from '#core/access/access-changes.ts'
import type { SessionStore } from '#store/session-store.ts'
import type { TokenStore } from '#store/token-store.ts'

/** The same rows; whoever ends a session need not think of the streams that are open by it. */
export const tellingSessions = (store: SessionStore, changes: AccessChanges): SessionStore => ({
  ...store,
  removeForPlatform(id) {
    store.removeForPlatform(id)
    changes.tell()
  },
  removeOfUserForPlatform(userId) {
    store.removeOfUserForPlatform(userId)
    changes.tell()
  },
  removeOthersForPlatform(userId, keptId) {
    store.removeOthersForPlatform(userId, keptId)
    changes.tell()
  },
  remove(actor, id) {
    changes.tell()
    return store.remove(actor, id)
  },
})

/** As for sessions. */
export const tellingTokens = (store: TokenStore, changes: AccessChanges): TokenStore => ({
  ...store,
  rotateForPlatform(rotation) {
    store.rotateForPlatform(rotation)
    changes.tell()
  },
  revoke(actor, id, at) {
    changes.tell()
    return store.revoke(actor, id, at)
  },
})
