import { PortPolicy, DEFAULT_PORT_POLICY } from '@vastrox/shared/app-port.ts'
import { configShape } from '@vastrox/shared/config-shape.ts'
import { FirewallWish, NewFirewallRule } from '@vastrox/shared/firewall.ts'
import { FIRST_FIREWALL_STATE, FirewallState } from '@vastrox/shared/firewall-rule.ts'
import { TrustedProxies } from '@vastrox/shared/trusted-proxies.ts'
import { z } from 'zod'
import { type ConfigSection, oneByOne, pick, without } from '#core/config-file/section.ts'
import type { FirewallService } from '#core/firewall/firewall-service.ts'
import type { PortService } from '#core/routing/port-service.ts'
import type { TrustedProxyService } from '#core/routing/trusted-proxies.ts'

const RULE = NewFirewallRule.keyof().options
const OTHERS = ['mode', 'sets', 'allowList', 'keepOpen', 'maxConnectionsPerSource']

/** The whole list of the server's firewall, in its order. */
export const firewallSection = (
  firewall: Pick<FirewallService, 'status' | 'listRules' | 'apply'>,
): ConfigSection => ({
  name: 'firewall',
  comment: 'What closes something goes back by itself unless it is confirmed within a minute.',
  isSingle: true,
  shape: configShape({
    mode: FirewallState.shape.mode,
    sets: FirewallState.shape.sets,
    allowList: FirewallState.shape.allowList,
    keepOpen: FirewallState.shape.keepOpen,
    maxConnectionsPerSource: FirewallState.shape.maxConnectionsPerSource,
    rules: z.array(NewFirewallRule).max(2_000),
  }),
  // Always said: nobody is to fall back to observing, or lose a cap, by leaving it out.
  usual: without(
    pick(FIRST_FIREWALL_STATE, [...OTHERS, 'rules']),
    'mode',
    'maxConnectionsPerSource',
  ),
  async read({ actor }) {
    const rules = await firewall.listRules(actor)
    const status = await firewall.status(actor, { kind: 'unknown' })
    return { '': { ...pick(status, OTHERS), rules: rules.map((rule) => pick(rule, RULE)) } }
  },
  make: oneByOne({
    change: ({ actor }, { said }) => firewall.apply(actor, FirewallWish.parse(said)),
  }),
})

/** Proxies in front of the server that are believed. */
export const trustedProxiesSection = (
  proxies: Pick<TrustedProxyService, 'get' | 'set'>,
): ConfigSection => ({
  name: 'trustedProxies',
  isSingle: true,
  shape: configShape(TrustedProxies.shape),
  usual: { presets: [], ranges: [] },
  read: async ({ actor }) => ({ '': pick(proxies.get(actor), ['presets', 'ranges']) }),
  make: oneByOne({
    change: ({ actor }, { after }) => proxies.set(actor, TrustedProxies.parse(after)),
  }),
})

/** Which ports of the server apps may have. */
export const portPolicySection = (
  ports: Pick<PortService, 'getPolicy' | 'setPolicy'>,
): ConfigSection => ({
  name: 'portPolicy',
  isSingle: true,
  shape: configShape(PortPolicy.shape),
  usual: DEFAULT_PORT_POLICY,
  read: async ({ actor }) => ({ '': ports.getPolicy(actor) }),
  make: oneByOne({
    change: ({ actor }, { after }) => ports.setPolicy(actor, PortPolicy.parse(after)),
  }),
})
