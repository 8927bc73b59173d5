import { initial } from '#store/migrations/0001-initial.ts'
import { buildConfiguration } from '#store/migrations/0002-build-configuration.ts'
import { processes } from '#store/migrations/0003-processes.ts'
import { scheduledJobs } from '#store/migrations/0004-scheduled-jobs.ts'
import { volumes } from '#store/migrations/0005-volumes.ts'
import { firewall } from '#store/migrations/0006-firewall.ts'
import { sshKeys } from '#store/migrations/0007-ssh-keys.ts'
import { uploads } from '#store/migrations/0008-uploads.ts'
import { externalSources } from '#store/migrations/0009-external-sources.ts'
import { buildNeeds } from '#store/migrations/0010-build-needs.ts'
import { volumesMadeAndPurged } from '#store/migrations/0011-volumes-made-and-purged.ts'
import { routeSettings } from '#store/migrations/0012-route-settings.ts'
import { certificateOrders } from '#store/migrations/0013-certificate-orders.ts'
import { domains } from '#store/migrations/0014-domains.ts'
import { sleeps } from '#store/migrations/0015-sleeps.ts'
import { diskAllowances } from '#store/migrations/0016-disk-allowances.ts'
import { signIn } from '#store/migrations/0018-sign-in.ts'
import { tokensAndKeys } from '#store/migrations/0019-tokens-and-keys.ts'
import { secrets } from '#store/migrations/0021-secrets.ts'
import { outgoingWebhooks } from '#store/migrations/0020-outgoing-webhooks.ts'
import { appPorts } from '#store/migrations/0022-app-ports.ts'
import { people } from '#store/migrations/0017-people.ts'

/** In order, never changed once released: each runs in one transaction, and its text is checked at every start. */
export const migrations: readonly { name: string; sql: string }[] = [
  { name: '0001-initial', sql: initial },
  { name: '0002-build-configuration', sql: buildConfiguration },
  { name: '0003-processes', sql: processes },
  { name: '0004-scheduled-jobs', sql: scheduledJobs },
  { name: '0005-volumes', sql: volumes },
  { name: '0006-firewall', sql: firewall },
  { name: '0007-ssh-keys', sql: sshKeys },
  { name: '0008-uploads', sql: uploads },
  { name: '0009-external-sources', sql: externalSources },
  { name: '0010-build-needs', sql: buildNeeds },
  { name: '0011-volumes-made-and-purged', sql: volumesMadeAndPurged },
  { name: '0012-route-settings', sql: routeSettings },
  { name: '0013-certificate-orders', sql: certificateOrders },
  { name: '0014-domains', sql: domains },
  { name: '0015-sleeps', sql: sleeps },
  { name: '0016-disk-allowances', sql: diskAllowances },
  { name: '0018-sign-in', sql: signIn },
  { name: '0019-tokens-and-keys', sql: tokensAndKeys },
  { name: '0021-secrets', sql: secrets },
  { name: '0020-outgoing-webhooks', sql: outgoingWebhooks },
  { name: '0022-app-ports', sql: appPorts },
  { name: '0017-people', sql: people },
]
