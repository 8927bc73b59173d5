import {
  AppEgress,
  Ban,
  ChangeAppEgress,
  ChangeFirewallRule,
  CountedRule,
  FirewallChange,
  FirewallPreview,
  FirewallStatus,
  FirewallWish,
  ListedRule,
  NewBan,
  NewFirewallRule,
} from '@vastrox/shared/firewall.ts'
import { FirewallSet, FirewallSetName, FirewallState } from '@vastrox/shared/firewall-rule.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { BanService } from '#core/firewall/ban-service.ts'
import type { EgressService } from '#core/firewall/egress-service.ts'
import type { FirewallService } from '#core/firewall/firewall-service.ts'
import { itemsWithout } from '#http/editable.ts'
import type { IfMatch } from '#http/plugins/etag.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const READ = { permission: 'firewall.read', scope: 'platform' } as const
const CHANGE = { permission: 'firewall.change', scope: 'platform' } as const
const CHANGE_FRESH = { ...CHANGE, fresh: true } as const
/** A thousand networks of sets and two thousand rules. */
const BODY_BYTES = 4 * 2 ** 20

const RuleParams = z.object({ id: z.string().regex(/^[a-z0-9-]{1,40}$/) })
const SetParams = z.object({ set: FirewallSetName })
const AddRule = NewFirewallRule.extend({
  /** Its place, from 0; the top where it is left out. */
  at: z.int().min(0).max(2_000).optional(),
})

/** The node's firewall. A change that closes something waits for its confirmation. */
export const firewallRoutes =
  (firewall: FirewallService, bans: BanService, egress: EgressService): FastifyPluginAsyncZod =>
  async (server) => {
    const editable = itemsWithout('packets', 'bytes')
    const ifMatch: IfMatch = {
      of: () => 'firewall rules',
      current: async ({ actor }) => ({ items: await firewall.listRules(actor) }),
      editable,
    }

    // While a change waits, the next request is to come over a new connection, as only that one
    // shows that somebody can still come in.
    server.addHook('onSend', async (_request, reply) => {
      if (firewall.isPending()) reply.header('connection', 'close')
    })
    server.addHook('onResponse', async () => {
      if (firewall.isPending()) server.server.closeIdleConnections()
    })

    server.get(
      '/firewall',
      {
        config: { access: READ },
        schema: {
          summary: 'The mode of the firewall, what waits for a confirmation, what is dropped',
          response: { 200: FirewallStatus },
        },
      },
      async ({ actor, origin }) => firewall.status(actor, origin),
    )

    server.get(
      '/firewall/rules',
      {
        config: { access: READ, editable },
        schema: {
          summary: 'The rules in order, with what has met them',
          response: { 200: pageOf(CountedRule) },
        },
      },
      async ({ actor }) => ({ items: await firewall.listRules(actor), nextCursor: null }),
    )

    server.put(
      '/firewall/rules',
      {
        config: { access: CHANGE_FRESH, ifMatch },
        bodyLimit: BODY_BYTES,
        schema: {
          summary: 'Replace the whole list: rules with an id stay, the others are new',
          body: z.object({ rules: z.array(ListedRule).max(2_000) }),
          response: { 200: FirewallChange },
        },
      },
      async ({ actor, body }) => firewall.apply(actor, { rules: body.rules }),
    )

    server.post(
      '/firewall/rules',
      {
        config: { access: CHANGE_FRESH, ifMatch },
        schema: {
          summary: 'Add a rule, at the top unless it is given a place',
          body: AddRule,
          response: { 201: FirewallChange },
        },
      },
      async ({ actor, body: { at, ...rule } }, reply) => {
        reply.code(201)
        return firewall.addRule(actor, rule, at)
      },
    )

    server.patch(
      '/firewall/rules/:id',
      {
        config: { access: CHANGE_FRESH, ifMatch },
        schema: {
          summary: 'Change a rule, or move it',
          params: RuleParams,
          body: ChangeFirewallRule,
          response: { 200: FirewallChange },
        },
      },
      async ({ actor, params, body }) => firewall.changeRule(actor, params.id, body),
    )

    server.delete(
      '/firewall/rules/:id',
      {
        config: { access: CHANGE_FRESH, ifMatch },
        schema: {
          summary: 'Remove a rule',
          params: RuleParams,
          response: { 200: FirewallChange },
        },
      },
      async ({ actor, params }) => firewall.removeRule(actor, params.id),
    )

    server.put(
      '/firewall/sets/:set',
      {
        config: { access: CHANGE_FRESH },
        bodyLimit: BODY_BYTES,
        schema: {
          summary: 'Addresses under a name, for rules that say @name',
          params: SetParams,
          body: FirewallSet.pick({ members: true }),
          response: { 200: FirewallChange },
        },
      },
      async ({ actor, params, body }) => firewall.saveSet(actor, params.set, body.members),
    )

    server.delete(
      '/firewall/sets/:set',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Remove a set that no rule names',
          params: SetParams,
          response: { 200: FirewallChange },
        },
      },
      async ({ actor, params }) => firewall.removeSet(actor, params.set),
    )

    server.put(
      '/firewall/allow-list',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Addresses and networks that are never banned',
          body: z.object({ members: FirewallState.shape.allowList }),
          response: { 200: FirewallChange },
        },
      },
      async ({ actor, body }) => firewall.apply(actor, { allowList: body.members }),
    )

    server.post(
      '/firewall/preview',
      {
        config: { access: READ },
        bodyLimit: BODY_BYTES,
        schema: {
          summary: 'What a change would open and close, in words; changes nothing',
          body: FirewallWish,
          response: { 200: FirewallPreview },
        },
      },
      async ({ actor, body }) => firewall.preview(actor, body),
    )

    server.post(
      '/firewall/apply',
      {
        config: { access: CHANGE_FRESH },
        bodyLimit: BODY_BYTES,
        schema: {
          summary:
            'Apply a change. What closes something goes back by itself after 60 s unless it is confirmed',
          body: FirewallWish,
          response: { 201: FirewallChange },
        },
      },
      async ({ actor, body }, reply) => {
        reply.code(201)
        return firewall.apply(actor, body)
      },
    )

    server.post(
      '/firewall/confirm',
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Keep the pending change; counts only over a connection made after it',
          response: { 200: FirewallChange },
        },
      },
      async ({ actor, origin }) => firewall.confirm(actor, origin),
    )

    server.post(
      '/firewall/revert',
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Take the pending change back at once',
          response: { 200: FirewallChange },
        },
      },
      async ({ actor }) => firewall.revert(actor),
    )

    server.get(
      '/firewall/changes',
      {
        config: { access: READ },
        schema: { summary: 'The last changes', response: { 200: pageOf(FirewallChange) } },
      },
      async ({ actor }) => ({ items: firewall.listChanges(actor), nextCursor: null }),
    )

    server.get(
      '/firewall/bans',
      {
        config: { access: READ },
        schema: { summary: 'Networks that are banned now', response: { 200: pageOf(Ban) } },
      },
      async ({ actor }) => ({ items: bans.list(actor), nextCursor: null }),
    )

    server.post(
      '/firewall/bans',
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Ban an address for a while; of IPv6 its /64',
          body: NewBan,
          response: { 201: Ban },
        },
      },
      async ({ actor, body }, reply) => {
        reply.code(201)
        return bans.ban(actor, body)
      },
    )

    server.delete(
      '/firewall/bans/:id',
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Lift a ban',
          params: z.object({ id: z.string().regex(/^[a-z0-9]{8,40}$/) }),
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        await bans.lift(actor, params.id)
        reply.code(204)
        return null
      },
    )

    server.get(
      '/apps/:name/egress',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'Where the app may connect to',
          params: AppParams,
          response: { 200: AppEgress },
        },
      },
      async ({ actor, params }) => egress.get(actor, params.name),
    )

    server.patch(
      '/apps/:name/egress',
      {
        config: { access: { permission: 'firewall.change', scope: 'app', fresh: true } },
        schema: {
          summary: 'Change where the app may connect to',
          params: AppParams,
          body: ChangeAppEgress,
          response: { 200: AppEgress },
        },
      },
      async ({ actor, params, body }) => egress.change(actor, params.name, body),
    )
  }
