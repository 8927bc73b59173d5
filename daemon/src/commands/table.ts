import { accessCommands } from '#commands/access-commands.ts'
import { addonAccessCommands } from '#commands/addon-access-commands.ts'
import { addonCommands } from '#commands/addon-commands.ts'
import { alertCommands } from '#commands/alert-commands.ts'
import { alertRuleCommands } from '#commands/alert-rule-commands.ts'
import { appCommands } from '#commands/app-commands.ts'
import { auditCommands } from '#commands/audit-commands.ts'
import { firstRunCommands } from '#commands/first-run-commands.ts'
import { baseDomainCommands } from '#commands/base-domain-commands.ts'
import { backupCommands } from '#commands/backup-commands.ts'
import { banCommands } from '#commands/ban-commands.ts'
import { buildCommands } from '#commands/build-commands.ts'
import { dnsProviderCommands } from '#commands/dns-provider-commands.ts'
import { certificateCommands } from '#commands/certificate-commands.ts'
import type { Command } from '#commands/command.ts'
import { configCommands } from '#commands/config-commands.ts'
import { crashCommands } from '#commands/crash-commands.ts'
import { deployKeyCommands } from '#commands/deploy-key-commands.ts'
import { deploymentCommands } from '#commands/deployment-commands.ts'
import { diskCommands } from '#commands/disk-commands.ts'
import { drainCommands } from '#commands/drain-commands.ts'
import { channelCommands } from '#commands/channel-commands.ts'
import { destinationCommands } from '#commands/destination-commands.ts'
import { ledgerCommands } from '#commands/ledger-commands.ts'
import { trashCommands } from '#commands/trash-commands.ts'
import { domainCommands } from '#commands/domain-commands.ts'
import { envCommands } from '#commands/env-commands.ts'
import { envGroupCommands } from '#commands/env-group-commands.ts'
import { exposureCommands } from '#commands/exposure-commands.ts'
import { jobCommands } from '#commands/job-commands.ts'
import { firewallCommands } from '#commands/firewall-commands.ts'
import { imageCommands } from '#commands/image-commands.ts'
import { logCommands } from '#commands/log-commands.ts'
import { metricCommands } from '#commands/metric-commands.ts'
import { nodeCommands } from '#commands/node-commands.ts'
import { gitAccountCommands } from '#commands/git-account-commands.ts'
import { peopleCommands } from '#commands/people-commands.ts'
import { remoteCommands } from '#commands/remote-commands.ts'
import { signInCommands } from '#commands/sign-in-commands.ts'
import { sleepCommands } from '#commands/sleep-commands.ts'
import { sourceCommands } from '#commands/source-commands.ts'
import { stackImageCommands } from '#commands/stack-image-commands.ts'
import { tokenCommands } from '#commands/token-commands.ts'
import { trafficCommands } from '#commands/traffic-commands.ts'
import { uptimeCommands } from '#commands/uptime-commands.ts'
import { uploadCommands } from '#commands/upload-commands.ts'
import { volumeCommands } from '#commands/volume-commands.ts'
import { sshKeyCommands } from '#commands/ssh-key-commands.ts'
import { portCommands } from '#commands/port-commands.ts'
import { restoreCommands } from '#commands/restore-commands.ts'
import { routingCommands } from '#commands/routing-commands.ts'
import { trustedProxyCommands } from '#commands/trusted-proxy-commands.ts'
import { outgoingWebhookCommands } from '#commands/outgoing-webhook-commands.ts'
import { processCommands } from '#commands/process-commands.ts'
import { runCommands } from '#commands/run-commands.ts'

/** Every command of the console, in the order that help lists them. */
export const commands: readonly Command[] = [
  ...appCommands,
  ...deploymentCommands,
  ...buildCommands,
  ...imageCommands,
  ...uploadCommands,
  ...sourceCommands,
  ...gitAccountCommands,
  ...remoteCommands,
  ...processCommands,
  ...crashCommands,
  ...sleepCommands,
  ...runCommands,
  ...jobCommands,
  ...envCommands,
  ...envGroupCommands,
  ...routingCommands,
  ...portCommands,
  ...volumeCommands,
  ...restoreCommands,
  ...addonCommands,
  ...addonAccessCommands,
  ...backupCommands,
  ...channelCommands,
  ...drainCommands,
  ...destinationCommands,
  ...diskCommands,
  ...ledgerCommands,
  ...trashCommands,
  ...domainCommands,
  ...certificateCommands,
  ...dnsProviderCommands,
  ...logCommands,
  ...trafficCommands,
  ...metricCommands,
  ...tokenCommands,
  ...accessCommands,
  ...signInCommands,
  ...auditCommands,
  ...outgoingWebhookCommands,
  ...uptimeCommands,
  ...alertCommands,
  ...alertRuleCommands,
  ...peopleCommands,
  ...sshKeyCommands,
  ...deployKeyCommands,
  ...nodeCommands,
  ...firewallCommands,
  ...banCommands,
  ...exposureCommands,
  ...trustedProxyCommands,
  ...configCommands,
  ...baseDomainCommands,
  ...firstRunCommands,
  ...stackImageCommands,
]
