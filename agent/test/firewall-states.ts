import {
  FIRST_FIREWALL_STATE,
  type FirewallRule,
  type FirewallState,
} from '@vastrox/shared/firewall-rule.ts'
import type { Facts } from '#agent/firewall/facts.ts'

export const ruleOf = (id: string, changes: Partial<FirewallRule> = {}): FirewallRule => ({
  id,
  action: 'allow',
  protocol: 'tcp',
  ports: [],
  sources: [],
  comment: '',
  expiresAt: null,
  ratePerMinute: null,
  ...changes,
})

export const stateOf = (changes: Partial<FirewallState> = {}): FirewallState => ({
  ...FIRST_FIREWALL_STATE,
  mode: 'enforce',
  ...changes,
})

export const factsOf = (changes: Partial<Facts> = {}): Facts => ({
  instance: 'ab12cd',
  productPorts: [
    { protocol: 'tcp', ports: '80' },
    { protocol: 'tcp', ports: '443' },
    { protocol: 'tcp', ports: '8443' },
  ],
  proxyPorts: [80, 443],
  sshPorts: [22],
  operators: [],
  resolvers: [],
  containerBridges: ['docker0'],
  appBridges: [],
  addonBridges: [],
  buildBridge: 'docker0',
  building: null,
  neighbours: [],
  proxies: [],
  flowsAtMost: 262_144,
  ports: [],
  exceptions: [],
  ...changes,
})
