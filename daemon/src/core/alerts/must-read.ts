import { type Actor, maySomewhere } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'

/** Who sees only some apps sees the alerts of those. Throws PERMISSION_DENIED. */
export function mustRead(actor: Actor): void {
  if (!maySomewhere(actor, 'alert.read'))
    throw new CodedError('PERMISSION_DENIED', { permission: 'alert.read' })
}
