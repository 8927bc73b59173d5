import type { ChannelAnswer, Notification } from '@vastrox/shared/channel.ts'
import type { z } from 'zod'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { HttpClient } from '#ports/http-client.ts'

/** What a channel may use to reach the other side: everything through guarded addresses (rule C11). */
export interface ChannelDeps {
  http: HttpClient
  addresses: GuardedAddresses
  /** PEM of authorities that the operator trusts besides the public ones. */
  authorities: () => readonly string[]
  /** For mail: who sends it where nothing is said. */
  hostName: () => string
  now: () => Date
}

/** Of a service that says when it may be asked again. */
export type ChannelOutcome = ChannelAnswer & { retryAfterMs?: number; isFinal?: boolean }

/** What a kind of channel puts in the catalog: its settings are flat, so that a form can be drawn of them. */
export interface ChannelKind {
  kind: string
  title: string
  settings: z.ZodObject
  /** Names of settings that nobody is shown again. */
  secrets: readonly string[]
  /** Names of settings that say who is told the secrets. */
  sentTo: readonly string[]
  /** Never rejects for what the other side does; `isFinal`: trying again cannot help. */
  send(
    deps: ChannelDeps,
    settings: unknown,
    notification: Notification,
    signal: AbortSignal,
  ): Promise<ChannelOutcome>
}

export const defineChannel = <Settings extends z.ZodObject>(
  kind: Omit<ChannelKind, 'settings' | 'send'> & {
    settings: Settings
    send(
      deps: ChannelDeps,
      settings: z.infer<Settings>,
      notification: Notification,
      signal: AbortSignal,
    ): Promise<ChannelOutcome>
  },
): ChannelKind => ({
  ...kind,
  send: (deps, settings, notification, signal) =>
    kind.send(deps, kind.settings.parse(settings), notification, signal),
})
