/** Why a deployment's signal was aborted: the user changed his mind, or the daemon is going down. */
export class Interrupted extends Error {
  readonly kind: 'cancelled' | 'stopping'

  constructor(kind: 'cancelled' | 'stopping') {
    super(kind === 'cancelled' ? 'cancelled' : 'the daemon is stopping')
    this.name = 'Interrupted'
    this.kind = kind
  }
}
