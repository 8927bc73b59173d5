// Made from the OpenAPI document: pnpm client. Do not edit.

export type AcceptInvitation = { token: string; name: string; password: string }

export type AccessLine = { time: string; release: (number | null); instance: (string | null); client: string; method: string; host: string; path: string; query: string; status: number; ms: number; bytesIn: number; bytesOut: number; complete: boolean; percent: number; isUptimeCheck: boolean; requestId: string }

export type AddChannelInput = { name?: string; kind: string; settings: Record<string, (string | number | boolean)>; minSeverity?: ("info" | "warning" | "critical"); withDeployments?: boolean; apps?: (Array<string> | null) }

export type AddDeployKeyInput = { name?: string; publicKey: string; expiresInDays?: (number | null); access?: ("read" | "write") }

export type AddDnsProvider = { zone: string; type: string; settings: Record<string, string> }

export type AddDomainInput = { host: string; redirectTo?: (string | null); withCounterpart?: boolean; prove?: boolean }

export type AddIssuer = { name: string; directoryUrl?: string; email?: string; caPem?: string; bindingKeyId?: string; bindingHmacKey?: string; profile?: string; preferredChain?: string }

export type AddLogDrainInput = { kind: ("syslog" | "http"); target: string; format?: ("ndjson" | "array"); app?: (string | null); secret?: string; caPem?: string }

export type AddonAttachment = { app: string; prefix: string; username: string; variables: Array<string>; attachedAt: string }

export type AddonCatalogEntry = { kind: string; title: string; summary: string; prefix: string; versions: Array<{ version: string; isDefault: boolean; needsRegistry: boolean; unavailable: (string | null) }>; defaultMemoryBytes: number; minMemoryBytes: number; keepsData: boolean; hasConsole: boolean }

export type AddonException = { id: string; addon: string; from: string; port: number; until: string; createdAt: string }

export type AddonUsage = { memoryBytes: (number | null); sizeBytes: (number | null); connections: (number | null); maxConnections: (number | null) }

export type AddOutgoingWebhookInput = { name?: string; url: string; events: Array<("deployment.live" | "deployment.failed" | "deployment.reverted" | "app.created" | "app.destroyed" | "app.crash_looping" | "domain.added" | "domain.removed" | "domain.astray" | "certificate.issued" | "certificate.failed" | "certificate.expiring" | "backup.failed" | "backup.overdue" | "destination.failed" | "drill.failed" | "alert.firing" | "alert.resolved")>; app?: (string | null) }

export type AddSilenceInput = { rule?: (string | null); app?: (string | null); reason?: string; forMs: number }

export type AddSshKey = { name?: string; publicKey: string; expiresInDays?: (number | null) }

export type AlertBefore = { at: string; kind: ("deployment" | "env" | "scale" | "addon" | "firewall" | "domain" | "restart" | "other"); title: string; link: (string | null) }

export type AlertCondition = { of: ("app" | "instance" | "addon" | "node" | "disk" | "edge" | "platform" | "uptime"); metric: string; aggregate: ("max" | "min" | "sum" | "avg" | "each"); is: ("above" | "below"); limit: number; clearLimit?: number; forMs: number; minRequests?: number }

export type AlertConditionInput = { of: ("app" | "instance" | "addon" | "node" | "disk" | "edge" | "platform" | "uptime"); metric: string; aggregate?: ("max" | "min" | "sum" | "avg" | "each"); is: ("above" | "below"); limit: number; clearLimit?: number; forMs?: number; minRequests?: number }

export type AlertSubject = { kind: ("app" | "addon" | "node" | "disk" | "certificate" | "backup" | "destination" | "uptime" | "channel" | "platform"); id: string; name: string }

export type AlertSummary = { critical: number; warning: number; info: number; hasChannel: boolean }

export type ApiToken = { id: string; name: string; kind: ("api" | "deploy"); hint: string; user: string; permissions: Array<("app.read" | "app.create" | "app.change" | "app.deploy" | "app.run" | "app.destroy" | "port.publish" | "env.read" | "env.reveal" | "env.change" | "env-group.read" | "env-group.reveal" | "env-group.change" | "logs.read" | "addon.read" | "addon.create" | "addon.change" | "addon.open" | "addon.expose" | "addon.destroy" | "backup.read" | "backup.create" | "backup.restore" | "backup.manage" | "alert.read" | "alert.answer" | "alert.manage" | "uptime.read" | "uptime.manage" | "channel.manage" | "registry.manage" | "webhook.manage" | "token.manage" | "key.manage" | "user.manage" | "team.manage" | "team.create" | "node.read" | "node.change" | "firewall.read" | "firewall.change" | "audit.read")>; apps: (Array<string> | null); networks: (Array<string> | null); createdAt: string; expiresAt: (string | null); lastUsedAt: (string | null); lastUsedAddress: (string | null); rotatedAt: (string | null); previousUntil: (string | null) }

export type AppEgress = { internet: boolean; smtp: boolean; allow: Array<{ cidr: string; protocol: ("tcp" | "udp" | "any"); ports: Array<string> }> }

export type AppEnvGroups = { groups: Array<string> }

export type AppImage = { reference: string; digest: (string | null); follows: boolean; checkedAt: (string | null); nextCheckAt: (string | null); problem: (string | null) }

export type ApplyConfigInput = { text: string; values?: Record<string, string>; prune?: boolean; digest: string }

export type AppPort = { name: string; protocol: ("tcp" | "udp"); ports: string; process: string; to: number; sources: Array<string>; newPerSecond: (number | null); connections: (number | null); oldFlows: ("end" | "finish"); address: string; instances: number; problem: (string | null); traffic: ({ connections: number; refused: number; bytesIn: number; bytesOut: number } | null); createdAt: string }

export type AppSleep = { isAsleep: boolean; since: (string | null); afterMs: (number | null); staysAwake: (string | null); lastDay: { asleepMs: number; times: number; freedBytes: number; slowestWakeMs: (number | null) } }

export type AskForPasskey = { ticket?: string }

export type AttachAddon = { app: string; prefix?: string }

export type AuditAnchor = { at: string; id: number; chain: string; signature: string; publicKey: string }

export type AuditEvent = { id: number; at: string; actor: string; actorId: string; action: string; target: string; result: ("ok" | "denied" | "failed"); address: (string | null); via: (string | null); details: Record<string, unknown> }

export type AuditFinding = { id: number; kind: ("edited" | "missing" | "added" | "head" | "anchor"); reason: string }

export type BackupFile = { path: string; type: ("file" | "dir" | "symlink" | "other"); sizeBytes: number; modifiedAt: string }

export type BackupRoot = { rootId: string; path: string; freeBytes: (number | null) }

export type BackupSubject = { type: ("addon" | "volume" | "app" | "platform"); id: string; name: string }

export type Ban = { id: string; address: string; reason: string; actor: string; at: string; until: string }

export type BeginTrip = { provider: string }

export type BuildSettings = { stack: (string | null); rootDirectory: (string | null); version: (string | null); buildCommand: (string | null); startCommand: (string | null); releaseCommand: (string | null); documentRoot: (string | null); outputDirectory: (string | null); dockerfile: (string | null); target: (string | null); buildArguments: Record<string, string>; buildEnvKeys: Array<string>; uploadMaxBytes: (number | null) }

export type Certificate = { id: string; names: Array<string>; source: ("issued" | "uploaded" | "local"); issuer: string; profile: (string | null); notBefore: (string | null); notAfter: string; isTrusted: boolean; isServed: boolean; renewAt: (string | null); explanationUrl: (string | null) }

export type CertificateProblem = { at: string; issuer: string; type: (string | null); detail: string; subproblems: Array<{ type: string; detail: string; name: (string | null) }>; attempts: number }

export type CertificateReason = { code: string; message: string; hint: string }

export type ChangeAddon = { memoryBytes?: number; cpuMillis?: number }

export type ChangeAlertRule = { name?: string; severity?: ("info" | "warning" | "critical"); isOn?: boolean; condition?: { of?: ("app" | "instance" | "addon" | "node" | "disk" | "edge" | "platform" | "uptime"); metric?: string; aggregate?: ("max" | "min" | "sum" | "avg" | "each"); is?: ("above" | "below"); limit?: number; clearLimit?: number; forMs?: number; minRequests?: number } }

export type ChangeAppDisk = { allowanceBytes: (number | null) }

export type ChangeAppEgress = { internet?: boolean; smtp?: boolean; allow?: Array<{ cidr: string; protocol: ("tcp" | "udp" | "any"); ports: Array<string> }> }

export type ChangeAppImage = { follows: boolean }

export type ChangeAppPort = { process?: string; to?: number; sources?: Array<string>; newPerSecond?: (number | null); connections?: (number | null); oldFlows?: ("end" | "finish") }

export type ChangeAppSettings = { deployBranch?: (string | null); healthPath?: (string | null); healthTimeoutMs?: (number | null); memoryBytes?: number; cpuMillis?: number; stopGraceMs?: number; drainMs?: number; watchMs?: number; sleepAfterMs?: (number | null); sleepWorkers?: boolean; sleepIgnoresMonitors?: boolean; holdDuringRelease?: boolean; releaseTimeoutMs?: number; isolation?: ("compatible" | "strict"); readOnlyRoot?: boolean; accessLogPercent?: number; accessLogDays?: number; build?: { stack?: (string | null); rootDirectory?: (string | null); version?: (string | null); buildCommand?: (string | null); startCommand?: (string | null); releaseCommand?: (string | null); documentRoot?: (string | null); outputDirectory?: (string | null); dockerfile?: (string | null); target?: (string | null); buildArguments?: Record<string, string>; buildEnvKeys?: Array<string>; uploadMaxBytes?: (number | null) } }

export type ChangeBackup = { isKept: boolean }

export type ChangeBefore = { at: string; kind: ("deployment" | "env" | "scale" | "limits" | "addon" | "volume" | "engine" | "node" | "other"); title: string; link: (string | null) }

export type ChangeChannel = { name?: string; settings?: Record<string, (string | number | boolean)>; minSeverity?: ("info" | "warning" | "critical"); withDeployments?: boolean; apps?: (Array<string> | null); isOn?: boolean }

export type ChangeDestination = { settings?: Record<string, (string | number | boolean)>; isDefault?: boolean; uploadLimitKib?: (number | null) }

export type ChangeDomainInput = { redirectTo?: (string | null); isPrimary?: true }

export type ChangeExternal = { follow?: ({ kind: "branch"; name: string } | { kind: "tag"; pattern: string }); watchPaths?: Array<string>; submodules?: boolean; pollEveryMs?: (number | null); postStatus?: boolean; rootDirectory?: (string | null) }

export type ChangeFirewallRule = { action?: ("allow" | "deny" | "limit" | "log"); protocol?: ("tcp" | "udp" | "icmp" | "any"); ports?: Array<string>; sources?: Array<string>; comment?: string; expiresAt?: (string | null); ratePerMinute?: (number | null); at?: number }

export type ChangeFirstRun = { isDismissed?: boolean; skipped?: Array<("account" | "app" | "domain" | "backups" | "channel" | "passkey")> }

export type ChangeIssuer = { isEnabled?: boolean; position?: number; email?: (string | null); profile?: (string | null); preferredChain?: (string | null) }

export type ChangeJob = { schedule?: string; timeZone?: string; command?: string; overlap?: ("skip" | "allow" | "replace"); timeoutMs?: number; memoryBytes?: (number | null); runLate?: boolean; enabled?: boolean }

export type ChangeLogDrain = { isOn?: boolean; secret?: string; caPem?: string }

export type ChangeLogSettings = { keepDays?: number; keepBytes?: number; linesPerSecond?: number }

export type ChangeOutgoingWebhook = { name?: string; url?: string; events?: Array<("deployment.live" | "deployment.failed" | "deployment.reverted" | "app.created" | "app.destroyed" | "app.crash_looping" | "domain.added" | "domain.removed" | "domain.astray" | "certificate.issued" | "certificate.failed" | "certificate.expiring" | "backup.failed" | "backup.overdue" | "destination.failed" | "drill.failed" | "alert.firing" | "alert.resolved")>; isOn?: boolean }

export type ChangeProcess = { scale?: number; memoryBytes?: (number | null); cpuMillis?: (number | null); stopGraceMs?: (number | null); restart?: boolean }

export type ChangeUploads = { publishOnIdle?: boolean; plainFtp?: boolean }

export type ChangeUser = { role?: ("owner" | "admin" | "developer" | "viewer" | "guest"); disabled?: boolean; grants?: Record<string, (("admin" | "developer" | "viewer") | null)> }

export type ChangeVolumeInput = { mountPath?: string; processes?: (Array<string> | null); exclusive?: boolean }

export type Channel = { id: string; name: string; kind: string; where: string; settings: Record<string, (string | number | boolean)>; secretsSet: Array<string>; minSeverity: ("info" | "warning" | "critical"); withDeployments: boolean; apps: (Array<string> | null); isOn: boolean; failingSince: (string | null); reason: (string | null); deliveredAt: (string | null); waiting: number; createdAt: string }

export type ChannelAnswer = { isTaken: boolean; answer: string; tookMs: number }

export type ChannelDelivery = { id: string; title: string; kind: ("alert" | "resolved" | "deployment" | "backup" | "test" | "summary"); severity: ("info" | "warning" | "critical"); state: ("waiting" | "delivered" | "failed"); attempts: number; lastAnswer: (string | null); createdAt: string; nextAttemptAt: (string | null) }

export type ChannelKindInfo = { kind: string; title: string; settings: Record<string, unknown>; neverShown: Array<string> }

export type CheckBaseDomain = { name: string }

export type CheckedCertificate = { warnings: Array<string>; names: Array<string>; issuer: string; notBefore: string; notAfter: string; isTrusted: boolean; hosts: Array<string>; replaces: boolean }

export type CleanUpItem = { kind: ("image" | "build-cache"); id: string; app: (string | null); what: string; why: string; sizeBytes: number; at: (string | null) }

export type CleanUpResult = { removed: number; left: number; freedBytes: number }

export type CodeSetUp = { key: string; uri: string; ticket: string }

export type Commit = { sha: string; branch: string; subject: string; author: string }

export type ConfigFieldChange = { name: string; before: (string | null); after: (string | null) }

export type ConfigProblem = { message: string; line: number; column: number }

export type ConfigQuery = { app?: string }

export type ConfirmAddon = { confirm: string }

export type ConfirmCode = { ticket: string; code: string }

export type ConnectExternalInput = { url: string; access: ("open" | "deploy-key" | "token"); username?: string; token?: string; hostKind?: ("github" | "gitlab" | "gitea" | "generic"); follow?: ({ kind: "branch"; name: string } | { kind: "tag"; pattern: string }); watchPaths?: Array<string>; submodules?: boolean; pollEveryMs?: (number | null); postStatus?: boolean; rootDirectory?: (string | null) }

export type ConnectRemoteInput = { host: string; port?: number; username: string; folder: string; access: ("key" | "password"); password?: string; ignore?: Array<string>; pullEveryMs?: (number | null) }

export type ConnectRepository = { account: string; repository: string; branch: string; rootDirectory?: (string | null) }

export type CountedRule = { id: string; action: ("allow" | "deny" | "limit" | "log"); protocol: ("tcp" | "udp" | "icmp" | "any"); ports: Array<string>; sources: Array<string>; comment: string; expiresAt: (string | null); ratePerMinute: (number | null); packets: (number | null); bytes: (number | null) }

export type Crash = { number: number; at: string; process: string; ordinal: number; release: number; exitCode: (number | null); signal: (string | null); oomKilled: boolean; explanation: (string | null); memoryBytes: number; lines: Array<string> }

export type CreateAddon = { name: string; kind: string; version?: string; memoryBytes?: number; cpuMillis?: number; app?: string; prefix?: string }

export type CreateAddonExceptionInput = { from: string; minutes?: number }

export type CreateApp = { name: string; starter?: string }

export type CreateAppPortInput = { protocol: ("tcp" | "udp"); ports: string; to?: number; process?: string; sources?: Array<string>; newPerSecond?: (number | null); connections?: (number | null); oldFlows?: ("end" | "finish") }

export type CreateBackupInput = { destination?: string; mode?: ("live" | "paused" | "stopped"); keep?: boolean; allowSmaller?: boolean }

export type CreateDestinationInput = { name: string; kind: string; settings: Record<string, (string | number | boolean)>; isDefault?: boolean; uploadLimitKib?: (number | null) }

export type CreatedInvitation = { id: string; note: string; role: ("owner" | "admin" | "developer" | "viewer" | "guest"); grants: Record<string, ("admin" | "developer" | "viewer")>; invitedBy: string; createdAt: string; expiresAt: string; url: string }

export type CreatedToken = { id: string; name: string; kind: ("api" | "deploy"); hint: string; user: string; permissions: Array<("app.read" | "app.create" | "app.change" | "app.deploy" | "app.run" | "app.destroy" | "port.publish" | "env.read" | "env.reveal" | "env.change" | "env-group.read" | "env-group.reveal" | "env-group.change" | "logs.read" | "addon.read" | "addon.create" | "addon.change" | "addon.open" | "addon.expose" | "addon.destroy" | "backup.read" | "backup.create" | "backup.restore" | "backup.manage" | "alert.read" | "alert.answer" | "alert.manage" | "uptime.read" | "uptime.manage" | "channel.manage" | "registry.manage" | "webhook.manage" | "token.manage" | "key.manage" | "user.manage" | "team.manage" | "team.create" | "node.read" | "node.change" | "firewall.read" | "firewall.change" | "audit.read")>; apps: (Array<string> | null); networks: (Array<string> | null); createdAt: string; expiresAt: (string | null); lastUsedAt: (string | null); lastUsedAddress: (string | null); rotatedAt: (string | null); previousUntil: (string | null); token: string }

export type CreateInvitationInput = { note?: string; role: ("owner" | "admin" | "developer" | "viewer" | "guest"); grants?: Record<string, ("admin" | "developer" | "viewer")> }

export type CreateJobInput = { name: string; schedule: string; timeZone?: string; command: string; overlap?: ("skip" | "allow" | "replace"); timeoutMs?: number; memoryBytes?: (number | null); runLate?: boolean; enabled?: boolean }

export type CreateRestore = { how: ("new" | "switch" | "in-place" | "files"); name?: string; paths?: Array<string>; confirm?: string }

export type CreateRunInput = { command: string; timeoutMs?: number; memoryBytes?: number }

export type CreateSubjectBackupInput = { destination?: string; mode?: ("live" | "paused" | "stopped"); keep?: boolean; allowSmaller?: boolean; subject: string }

export type CreateTokenInput = { name: string; kind?: ("api" | "deploy"); permissions?: Array<("app.read" | "app.create" | "app.change" | "app.deploy" | "app.run" | "app.destroy" | "port.publish" | "env.read" | "env.reveal" | "env.change" | "env-group.read" | "env-group.reveal" | "env-group.change" | "logs.read" | "addon.read" | "addon.create" | "addon.change" | "addon.open" | "addon.expose" | "addon.destroy" | "backup.read" | "backup.create" | "backup.restore" | "backup.manage" | "alert.read" | "alert.answer" | "alert.manage" | "uptime.read" | "uptime.manage" | "channel.manage" | "registry.manage" | "webhook.manage" | "token.manage" | "key.manage" | "user.manage" | "team.manage" | "team.create" | "node.read" | "node.change" | "firewall.read" | "firewall.change" | "audit.read")>; apps?: (Array<string> | null); networks?: (Array<string> | null); expiresInDays?: (number | null) }

export type CreateVolumeInput = { name: string; mountPath: string; processes?: (Array<string> | null); exclusive?: boolean }

export type DeliveryAttempt = { at: string; status: (number | null); durationMs: number; reason: (string | null); answer: string }

export type DeployImage = { reference: string; follows?: boolean }

export type DeployKey = { id: string; name: string; type: ("ssh-ed25519" | "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521" | "ssh-rsa"); fingerprint: string; createdAt: string; expiresAt: (string | null); lastUsedAt: (string | null); lastUsedAddress: (string | null); app: string; access: ("read" | "write") }

export type DeploymentLogLine = { seq: number; at: string; kind: ("step" | "output" | "error" | "done"); text: string }

export type Destination = { name: string; kind: string; title: string; settings: Record<string, (string | number | boolean)>; location?: string; isDefault: boolean; uploadLimitKib: (number | null); sizeBytes: (number | null); freeBytes: (number | null); checkedAt: (string | null); checkFailure: (string | null); createdAt: string }

export type DestinationKey = { repositoryKey: string; location: string; meaning: string }

export type DestinationKindInfo = { kind: string; title: string; neverShown: Array<string>; settings: Record<string, unknown> }

export type DestroyedAddon = { id: string; name: string; kind: string; version: string; sizeBytes: (number | null); destroyedAt: string; purgeableAt: string; isPurging: boolean }

export type DestroyedApp = { id: string; name: string; destroyedAt: string; purgeableAt: string; isPurging: boolean }

export type DestroyedVolume = { id: string; app: string; name: string; sizeBytes: (number | null); destroyedAt: string; purgeableAt: string; isPurging: boolean }

export type DiskForecast = { state: ("unknown" | "steady" | "filling"); growthBytesPerDay: (number | null); lowAt: (string | null); fullAt: (string | null); days: number; summary: string }

export type DiskUse = { bytes: number; allowanceBytes: number; isOwn: boolean; hold: ({ since: string; reason: string } | null); measuredAt: string }

export type DnsProviderInfo = { zone: string; type: string; title: string; settings: Record<string, string>; createdAt: string }

export type DnsRecord = { type: ("A" | "AAAA" | "CNAME" | "TXT"); name: string; label: string; value: string; purpose: (string | null); state: ("right" | "missing" | "wrong" | "unknown"); found: Array<string> }

export type DomainCertificate = { state: ("none" | "waiting-for-dns" | "ordering" | "valid" | "expiring" | "expired" | "failed"); issuer: (string | null); isPublic: boolean; notAfter: (string | null); daysLeft: (number | null); problem: (string | null); nextAttemptAt: (string | null) }

export type DomainFinding = { code: string; level: ("ok" | "info" | "warn" | "bad"); message: string; hint: (string | null) }

export type DrillCheck = { what: string; expected: (string | null); found: (string | null); isGood: boolean }

export type Ejected = { files: Record<string, string>; notes: Array<string> }

export type EndedTrip = { outcome: ("signed-in" | "linked") }

export type EnvChange = { number: number; at: string; actor: string; set: Array<string>; unset: Array<string>; marked: Array<string>; restored: (number | null) }

export type EnvDifference = { release: number; before: (number | null); added: Array<string>; removed: Array<string>; changed: (Array<string> | null) }

export type EnvVariable = { key: string; value: (string | null); changedAt: string; phase: ("runtime" | "build" | "both"); neverReveal: boolean; isReference: boolean; group: (string | null); addon?: string; isOverridden: boolean }

export type ExportedConfig = { text: string }

export type FencePort = { protocol: ("tcp" | "udp"); port: number }

export type FinishTrip = { provider: string; query: string; invitation?: string }

export type FirewallChange = { number: number; state: ("applying" | "pending" | "confirmed" | "reverted" | "failed"); mode: ("observe" | "isolate" | "enforce"); summary: string; actor: string; at: string; pendingUntil: (string | null); endedAt: (string | null); reason: (string | null) }

export type FirewallEffect = { protocol: ("tcp" | "udp"); port: number; what: string; before: ("open" | "limited" | "closed"); after: ("open" | "limited" | "closed"); operatorUses: boolean; ours: boolean; keptOpen: boolean }

export type FirewallSet = { name: string; members: Array<string> }

export type FirstStep = { key: ("account" | "app" | "domain" | "backups" | "channel" | "passkey"); state: ("done" | "open" | "not-yet-possible"); found: string; isSkipped: boolean; isYours: boolean; app: (string | null) }

export type FormerDomain = { name: string; dashboardHost: string; until: string; sendsOn: boolean }

export type FoundLine = { at: string; source: string; release: (number | null); stream: ("stdout" | "stderr" | "platform"); text: string; id: string; level: (("debug" | "info" | "warning" | "error") | null) }

export type GitAccount = { id: string; hostKind: ("github" | "gitlab" | "gitea"); name: string; baseUrl: string; kind: ("token" | "oauth" | "github-app"); connectedAt: (string | null); problem: (string | null) }

export type HostFinding = { check: string; level: ("ok" | "warn" | "bad"); message: string; hint?: string }

export type HostKey = { type: string; fingerprint: string; known: boolean }

export type HostRepository = { name: string; httpsUrl: string; sshUrl: string; defaultBranch: string; isPrivate: boolean }

export type Hsts = { maxAgeS: number; includeSubDomains: boolean; preload: boolean }

export type HstsInput = { maxAgeS: number; includeSubDomains?: boolean; preload?: boolean }

export type ImageSource = { reference: string; digest: (string | null) }

export type Invitation = { id: string; note: string; role: ("owner" | "admin" | "developer" | "viewer" | "guest"); grants: Record<string, ("admin" | "developer" | "viewer")>; invitedBy: string; createdAt: string; expiresAt: string }

export type InvitationToken = { token: string }

export type Issuer = { name: string; title: string; directoryUrl: string; position: number; isEnabled: boolean; stagesFor: (string | null); email: (string | null); hasBinding: boolean; profile: (string | null); preferredChain: (string | null); restUntil: (string | null) }

export type KnownIssuerInfo = { name: string; title: string; directoryUrl: string; needsBinding: boolean; bindingHint: string }

export type LedgerLine = { kind: ("app" | "addon" | "platform" | "teams"); name: string; isInTrash: boolean; bytes: number; parts: Record<string, number>; sharedImageBytes: number; growthBytesPerDay: (number | null) }

export type LinkedIdentity = { id: string; issuer: string; label: string; createdAt: string; lastUsedAt: (string | null) }

export type ListedRuleInput = { action: ("allow" | "deny" | "limit" | "log"); protocol?: ("tcp" | "udp" | "icmp" | "any"); ports?: Array<string>; sources?: Array<string>; comment?: string; expiresAt?: (string | null); ratePerMinute?: (number | null); id?: string }

export type LogDrain = { id: string; kind: ("syslog" | "http"); target: string; format: ("ndjson" | "array"); app: (string | null); isOn: boolean; hasSecret: boolean; state: ("connecting" | "sending" | "failing" | "off"); failingSince: (string | null); reason: (string | null); sentLines: number; droppedLines: number; waitingLines: number; createdAt: string }

export type LogSettingsView = { keepDays: number; keepBytes: number; linesPerSecond: number; usedBytes: number; lineBytes: number; oldestAt: (string | null); droppedLines: number }

export type Maintenance = { on: boolean; html: (string | null); allow: Array<string>; retryAfterS: number }

export type Me = { kind: ("user" | "token"); name: string; role: ("owner" | "admin" | "developer" | "viewer" | "guest"); permissions: Array<("app.read" | "app.create" | "app.change" | "app.deploy" | "app.run" | "app.destroy" | "port.publish" | "env.read" | "env.reveal" | "env.change" | "env-group.read" | "env-group.reveal" | "env-group.change" | "logs.read" | "addon.read" | "addon.create" | "addon.change" | "addon.open" | "addon.expose" | "addon.destroy" | "backup.read" | "backup.create" | "backup.restore" | "backup.manage" | "alert.read" | "alert.answer" | "alert.manage" | "uptime.read" | "uptime.manage" | "channel.manage" | "registry.manage" | "webhook.manage" | "token.manage" | "key.manage" | "user.manage" | "team.manage" | "team.create" | "node.read" | "node.change" | "firewall.read" | "firewall.change" | "audit.read")>; grants: Record<string, Array<("app.read" | "app.create" | "app.change" | "app.deploy" | "app.run" | "app.destroy" | "port.publish" | "env.read" | "env.reveal" | "env.change" | "env-group.read" | "env-group.reveal" | "env-group.change" | "logs.read" | "addon.read" | "addon.create" | "addon.change" | "addon.open" | "addon.expose" | "addon.destroy" | "backup.read" | "backup.create" | "backup.restore" | "backup.manage" | "alert.read" | "alert.answer" | "alert.manage" | "uptime.read" | "uptime.manage" | "channel.manage" | "registry.manage" | "webhook.manage" | "token.manage" | "key.manage" | "user.manage" | "team.manage" | "team.create" | "node.read" | "node.change" | "firewall.read" | "firewall.change" | "audit.read")>>; team: { id: string; name: string }; teams: Array<{ id: string; name: string; role: ("owner" | "admin" | "developer" | "viewer" | "guest") }>; hasPassword: boolean; needsSecondFactor: boolean }

export type MetricMark = { at: string; kind: ("deployment" | "roll-back" | "crash" | "env" | "scale" | "alert" | "restart"); title: string; link: (string | null) }

export type MetricSeries = { metric: string; of: string; unit: ("bytes" | "bytes/s" | "cores" | "percent" | "count" | "per second" | "ms" | "days"); values: Array<(number | null)>; peaks?: Array<(number | null)> }

export type MoveBaseDomainInput = { name: string; anyway?: boolean }

export type MoveDomain = { to: string }

export type NewBanInput = { address: string; seconds?: number; reason?: string }

export type NewPasskeyAnswerInput = { id: string; rawId: string; type: "public-key"; clientExtensionResults?: Record<string, unknown>; authenticatorAttachment?: (string | null); response: { clientDataJSON: string; attestationObject: string; transports?: Array<string> } }

export type Node = { name: string; reachable: boolean; engineVersion: (string | null); cpus: number; memoryBytes: number; memoryAvailableBytes: number; diskBytes: number; diskAvailableBytes: number; disks: Array<{ holds: ("data" | "images"); bytes: number; availableBytes: number; floorBytes: number; inodes: number; availableInodes: number; floorInodes: number }>; loadAverage: number }

export type OfferedProvider = { name: string; title: string; preset: string }

export type OpenAddonTerminalInput = { app?: (string | null); size?: { columns: number; rows: number } }

export type OpenAppTerminalInput = { instance?: (string | null); command?: (string | null); size?: { columns: number; rows: number } }

export type OutgoingWebhook = { id: string; name: string; url: string; events: Array<("deployment.live" | "deployment.failed" | "deployment.reverted" | "app.created" | "app.destroyed" | "app.crash_looping" | "domain.added" | "domain.removed" | "domain.astray" | "certificate.issued" | "certificate.failed" | "certificate.expiring" | "backup.failed" | "backup.overdue" | "destination.failed" | "drill.failed" | "alert.firing" | "alert.resolved")>; app: (string | null); state: ("on" | "off" | "stopped"); reason: (string | null); waiting: number; createdAt: string; deliveredAt: (string | null); failingSince: (string | null); oldSignatureUntil: (string | null) }

export type OwnLimits = { memoryBytes?: number; cpuMillis?: number; stopGraceMs?: number }

export type Passkey = { id: string; name: string; host: string; isSynced: boolean; createdAt: string; lastUsedAt: (string | null) }

export type PasskeyAnswerInput = { id: string; rawId: string; type: "public-key"; clientExtensionResults?: Record<string, unknown>; authenticatorAttachment?: (string | null); response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: (string | null) } }

export type PasskeyCreation = { challenge: string; rp: { id: string; name: string }; user: { id: string; name: string; displayName: string }; pubKeyCredParams: Array<{ type: "public-key"; alg: number }>; timeout: number; attestation: "none"; excludeCredentials: Array<{ type: "public-key"; id: string; transports: Array<string> }>; authenticatorSelection: { residentKey: "required"; requireResidentKey: true; userVerification: "required" } }

export type PasskeyRequest = { challenge: string; rpId: string; timeout: number; userVerification: "required"; allowCredentials: Array<{ type: "public-key"; id: string; transports: Array<string> }> }

export type PathRoute = { prefix: string; process: string; strip: boolean }

export type PathRouteInput = { prefix: string; process: string; strip?: boolean }

export type PlanConfigInput = { text: string; values?: Record<string, string>; prune?: boolean }

export type PortHolder = { kind: ("process" | "container" | "kernel"); name: string; pid: (number | null); user: (string | null); unit: (string | null); image: (string | null); ours: boolean }

export type PortPolicy = { ranges: Array<string>; perTeam: number }

export type ProcessLimits = { memoryBytes: number; cpuMillis: number; stopGraceMs: number }

export type Proof = { lastBackupAt: (string | null); provenAt: (string | null); provenInMs: (number | null); failure: (string | null) }

export type PublishInput = { incomplete?: boolean }

export type PullRemoteInput = { full?: boolean }

export type PullSummary = { files: number; sizeBytes: number; fetchedFiles: number; fetchedBytes: number; removedFiles: number; skipped: Array<string> }

export type RateLimit = { requestsPerS: number; burst: number }

export type RecoveryCodes = { codes: Array<string> }

export type Redirect = { from: string; to: string; status: (301 | 302 | 307 | 308) }

export type RedirectInput = { from: string; to: string; status?: (301 | 302 | 307 | 308) }

export type Registry = { host: string; username: string; changedAt: string }

export type ResponseHeader = { name: string; value: (string | null) }

export type Retention = { last: number; daily: number; weekly: number; monthly: number }

export type RetentionInput = { last?: number; daily?: number; weekly?: number; monthly?: number }

export type RetentionPlan = { keep: Array<{ id: string; startedAt: string; why: Array<string> }>; remove: Array<{ id: string; startedAt: string }>; later: number; refused: (string | null) }

export type RollBackInput = { with?: ("code-and-env" | "code") }

export type RotateTokenInput = { graceHours?: number; expiresInDays?: (number | null) }

export type Run = { id: string; number: number; kind: ("command" | "console" | "exec" | "job" | "release"); state: ("running" | "succeeded" | "failed" | "timed-out" | "stopped" | "interrupted" | "skipped" | "missed"); command: string; release: (number | null); jobId: (string | null); deployment: (number | null); exitCode: (number | null); oomKilled: boolean; reason: (string | null); actor: string; dueAt: (string | null); startedAt: string; endedAt: (string | null) }

export type RunCleanUp = { plan: string }

export type SaveRegistry = { username: string; password: string }

export type Session = { id: string; current: boolean; userAgent: string; address: string; createdAt: string; lastUsedAt: string; expiresAt: string }

export type SetBasicAuthUser = { password: string }

export type SetPassword = { currentPassword?: string; password: string }

export type SetSignInProviderInput = { preset: string; issuer?: string; title?: string; clientId: string; clientSecret?: string; domains?: Array<string>; role?: ("admin" | "developer" | "viewer") }

export type SetSourceAuthorities = { certificates: string }

export type SetVariable = { value?: string; generate?: ("hex" | "base64" | "password" | "uuid"); phase?: ("runtime" | "build" | "both"); neverReveal?: boolean; isReference?: boolean }

export type ShownInvitation = { role: ("owner" | "admin" | "developer" | "viewer" | "guest"); invitedBy: string; expiresAt: string; team: string; apps: Array<string> }

export type ShownTrustedProxies = { presets: Array<("cloudflare" | "loopback")>; ranges: Array<string>; networks: Array<string>; asOf: Record<string, string> }

export type SignIn = { name: string; password: string }

export type SignInProvider = { name: string; title: string; preset: string; issuer: string; clientId: string; domains: Array<string>; role: ("admin" | "developer" | "viewer"); redirectUrl: string; createdAt: string }

export type SignInRules = { secondFactorRequired: boolean }

export type Silence = { id: string; rule: (string | null); app: (string | null); reason: string; by: string; createdAt: string; until: string }

export type SourceAuthorities = { authorities: Array<{ name: string; validUntil: string; fingerprint: string }> }

export type SourceNetworks = { allowed: Array<string> }

export type SshHostKey = { type: string; fingerprint: string; publicKey: string }

export type SshKey = { id: string; name: string; user: string; type: ("ssh-ed25519" | "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521" | "ssh-rsa"); fingerprint: string; createdAt: string; expiresAt: (string | null); lastUsedAt: (string | null); lastUsedAddress: (string | null) }

export type StackChoice = { name: string; title: string }

export type StackImageRound = { at: string; checked: number; madeAnew: Array<{ image: string; reason: string }>; failed: Array<{ image: string; reason: string }> }

export type Starter = { name: string; title: string; stack: string; description: string }

export type SwitchTeam = { team: string }

export type Team = { id: string; name: string; role: ("owner" | "admin" | "developer" | "viewer" | "guest"); current: boolean; isOperators: boolean; createdAt: string }

export type Terminal = { id: string; title: string }

export type TerminalInput = { base64?: string; size?: { columns: number; rows: number } }

export type TestedPort = { at: string; tries: Array<{ address: string; outcome: ("answered" | "refused" | "silent") }>; agrees: (boolean | null) }

export type TrafficSums = { requests: number; ok: number; redirected: number; clientErrors: number; serverErrors: number; gone: number; bytesIn: number; bytesOut: number; p50Ms: (number | null); p95Ms: (number | null); p99Ms: (number | null) }

export type TrashItem = { kind: ("app" | "volume" | "addon"); id: string; name: string; app: (string | null); sizeBytes: (number | null); destroyedAt: string; purgeableAt: string; isPurging: boolean }

export type TreeChange = { path: string; kind: ("added" | "changed" | "removed"); beforeBytes: (number | null); afterBytes: (number | null) }

export type TripUrl = { url: string }

export type TrustedProxiesInput = { presets?: Array<("cloudflare" | "loopback")>; ranges?: Array<string> }

export type UploadCertificate = { certificatePem: string; keyPem: string }

export type UploadClient = { protocol: ("sftp" | "ftps" | "api"); address: string; name: string; since: string }

export type UploadedFile = { name: string; kind: ("file" | "directory" | "symlink"); sizeBytes: number; executable: boolean; modifiedAt: string }

export type UploadPassword = { user: string; password: string }

export type UptimeExpect = { status?: string; contains?: string; header?: string; slowMs?: number; certificateDays?: number }

export type UptimeIncident = { startedAt: string; endedAt: (string | null); reason: string }

export type User = { id: string; name: string; role: ("owner" | "admin" | "developer" | "viewer" | "guest"); grants: Record<string, ("admin" | "developer" | "viewer")>; hasPassword: boolean; disabledAt: (string | null); createdAt: string }

export type Volume = { name: string; mountPath: string; processes: (Array<string> | null); exclusive: boolean; sizeBytes: (number | null); createdAt: string }

export type WebhookDelivery = { id: string; deliveryId: string; hostKind: ("github" | "gitlab" | "gitea" | "generic"); event: string; ref: (string | null); sha: (string | null); state: ("waiting" | "deployed" | "nothing" | "refused" | "failed"); reason: string; deployment: (number | null); receivedAt: string }

export interface Paths {
  '/openapi.json': {
    get: {
      reply: Record<string, unknown>
      problems: 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/health': {
    get: {
      reply: { status: ("ok" | "degraded"); parts: Record<string, ("ok" | "failing")> }
      problems: 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/me': {
    get: {
      reply: Me
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in': {
    post: {
      body: SignIn
      reply: undefined
      problems: 'REQUEST_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in/link': {
    post: {
      body: InvitationToken
      reply: undefined
      problems: 'REQUEST_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in/offers': {
    get: {
      reply: { passkeys: boolean; providers: Array<OfferedProvider> }
      problems: 'SIGN_IN_LINK_INVALID' | 'SIGN_IN_TRIP_INVALID' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEY_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in/passkey-request': {
    post: {
      body: AskForPasskey
      reply: PasskeyRequest
      problems: 'REQUEST_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in/passkey': {
    post: {
      body: { answer: PasskeyAnswerInput }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in/second-step': {
    post: {
      body: { ticket: string; proof: ({ by: "code"; code: string } | { by: "recovery-code"; code: string } | { by: "passkey"; answer: PasskeyAnswerInput }) }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-out': {
    post: {
      reply: undefined
      problems: 'REQUEST_INVALID' | 'ORIGIN_REFUSED' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/session/refresh': {
    post: {
      reply: undefined
      problems: 'REQUEST_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sessions': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Session>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_LINK_INVALID' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEY_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sessions/{id}': {
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/password': {
    put: {
      body: SetPassword
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/session/proof': {
    post: {
      body: ({ by: "password"; password: string } | { by: "code"; code: string } | { by: "passkey"; answer: PasskeyAnswerInput })
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-ways': {
    get: {
      reply: { hasPassword: boolean; hasApp: boolean; recoveryCodesLeft: number; passkeys: Array<Passkey>; canAddPasskeys: boolean; identities: Array<LinkedIdentity>; rules: SignInRules }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_LINK_INVALID' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEY_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-ways/app': {
    post: {
      reply: CodeSetUp
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
    put: {
      body: ConfirmCode
      reply: RecoveryCodes
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-ways/recovery-codes': {
    post: {
      reply: RecoveryCodes
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-rules': {
    put: {
      body: SignInRules
      reply: SignInRules
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-ways/passkey-request': {
    post: {
      reply: PasskeyRequest
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-ways/passkey-creation': {
    post: {
      reply: PasskeyCreation
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-ways/passkeys': {
    post: {
      body: { name: string; answer: NewPasskeyAnswerInput }
      reply: { passkey: Passkey; codes: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-ways/passkeys/{id}': {
    patch: {
      path: { id: string }
      body: CheckBaseDomain
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in/provider': {
    post: {
      body: BeginTrip
      reply: TripUrl
      problems: 'REQUEST_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in/provider/finish': {
    post: {
      body: FinishTrip
      reply: EndedTrip
      problems: 'REQUEST_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-ways/identities': {
    post: {
      body: BeginTrip
      reply: TripUrl
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-ways/identities/{id}': {
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-providers': {
    get: {
      reply: { providers: Array<SignInProvider>; presets: Array<{ name: string; title: string; issuer: (string | null) }>; redirectUrl: string }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_LINK_INVALID' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEY_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-providers/{name}': {
    put: {
      path: { name: string }
      body: SetSignInProviderInput
      reply: SignInProvider
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      path: { name: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/sign-in-providers/{name}/test': {
    post: {
      path: { name: string }
      reply: SignInProvider
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/tokens': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<ApiToken>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'TOKEN_NOT_YOURS' | 'TOKEN_NOT_FOUND' | 'TOKEN_EXPIRED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      body: CreateTokenInput
      reply: CreatedToken
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'TOKEN_NOT_YOURS' | 'TOKEN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'TOKEN_EXPIRED' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/tokens/{id}/rotate': {
    post: {
      path: { id: string }
      body: RotateTokenInput
      reply: CreatedToken
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'TOKEN_NOT_YOURS' | 'TOKEN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'TOKEN_EXPIRED' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/tokens/{id}': {
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'TOKEN_NOT_YOURS' | 'TOKEN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'TOKEN_EXPIRED' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/users': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<User>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'TEAM_NOT_EMPTY' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/users/{user}': {
    patch: {
      path: { user: string }
      body: ChangeUser
      reply: User
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      path: { user: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/users/{user}/sessions': {
    get: {
      path: { user: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Session>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_LINK_INVALID' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PASSKEYS_UNAVAILABLE' | 'TEAM_NOT_EMPTY' | 'PASSKEY_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      path: { user: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'USER_DISABLED' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/users/{user}/sessions/{id}': {
    delete: {
      path: { user: string; id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'USER_DISABLED' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/invitations': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Invitation>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'TEAM_NOT_EMPTY' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      body: CreateInvitationInput
      reply: CreatedInvitation
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/invitations/{id}': {
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/audit-events': {
    get: {
      query: { cursor?: string; limit?: number; actor?: string; action?: string; target?: string; result?: ("ok" | "denied" | "failed"); since?: string; until?: string }
      reply: { items: Array<AuditEvent>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/audit-events/export': {
    get: {
      query: { actor?: string; action?: string; target?: string; result?: ("ok" | "denied" | "failed"); since?: string; until?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/audit-events/verification': {
    get: {
      reply: { intact: boolean; events: number; findings: Array<AuditFinding>; anchors: { count: number; last: (AuditAnchor | null) }; verifiedAt: string; durationMs: number }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/teams': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Team>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'TEAM_NOT_EMPTY' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      body: CheckBaseDomain
      reply: Team
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/teams/{team}': {
    patch: {
      path: { team: string }
      body: CheckBaseDomain
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      path: { team: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/session/team': {
    post: {
      body: SwitchTeam
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'REQUEST_TOO_LARGE' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/invitations/look': {
    post: {
      body: InvitationToken
      reply: ShownInvitation
      problems: 'REQUEST_INVALID' | 'ORIGIN_REFUSED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/invitations/accept': {
    post: {
      body: AcceptInvitation
      reply: undefined
      problems: 'REQUEST_INVALID' | 'ORIGIN_REFUSED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/invitations/join': {
    post: {
      body: InvitationToken
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'USER_DISABLED' | 'USER_NOT_FOUND' | 'TEAM_NOT_FOUND' | 'INVITATION_INVALID' | 'INVITATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'USER_NAME_TAKEN' | 'MEMBER_ALREADY' | 'TEAM_NAME_TAKEN' | 'TEAM_NOT_EMPTY' | 'TEAMS_FULL' | 'INVITATIONS_FULL' | 'REQUEST_TOO_LARGE' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/ca.pem': {
    get: {
      reply: string
      problems: 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/dns-providers': {
    get: {
      reply: { providers: Array<DnsProviderInfo>; kinds: Array<{ type: string; title: string; neverShown: Array<string>; settings: Record<string, unknown> }> }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'CERTIFICATE_NOT_WANTED' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_EXPIRED' | 'ISSUER_UNREACHABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
    post: {
      body: AddDnsProvider
      reply: DnsProviderInfo
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
  }
  '/dns-providers/{zone}/test': {
    post: {
      path: { zone: string }
      reply: DnsProviderInfo
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
  }
  '/dns-providers/{zone}': {
    delete: {
      path: { zone: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
  }
  '/certificates': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Certificate>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'CERTIFICATE_NOT_WANTED' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_EXPIRED' | 'ISSUER_UNREACHABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
    post: {
      body: UploadCertificate
      reply: { certificate: Certificate; warnings: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
  }
  '/certificates/check': {
    post: {
      body: UploadCertificate
      reply: CheckedCertificate
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
  }
  '/certificates/{id}': {
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
  }
  '/certificate-states': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ host: string; state: ("valid" | "ordering" | "waiting" | "failing" | "local" | "none"); certificate: ({ id: string; source: ("issued" | "uploaded" | "local"); issuer: string; notAfter: string; isTrusted: boolean; renewAt: (string | null) } | null); reason: (CertificateReason | null); problem: (CertificateProblem | null); nextAttemptAt: (string | null) }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/certificate-states/{host}/events': {
    get: {
      path: { host: string }
      query: { cursor?: string; limit?: number }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/certificate-states/{host}/renew': {
    post: {
      path: { host: string }
      reply: { host: string; state: ("valid" | "ordering" | "waiting" | "failing" | "local" | "none"); certificate: ({ id: string; source: ("issued" | "uploaded" | "local"); issuer: string; notAfter: string; isTrusted: boolean; renewAt: (string | null) } | null); reason: (CertificateReason | null); problem: (CertificateProblem | null); nextAttemptAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DOMAIN_TAKEN' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'REQUEST_TOO_LARGE' | 'DOMAIN_RESERVED' | 'DOMAIN_IS_SUFFIX' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/issuers': {
    get: {
      reply: { issuers: Array<Issuer>; known: Array<KnownIssuerInfo> }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'CERTIFICATE_NOT_WANTED' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_EXPIRED' | 'ISSUER_UNREACHABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
    post: {
      body: AddIssuer
      reply: Issuer
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
  }
  '/issuers/{name}': {
    patch: {
      path: { name: string }
      body: ChangeIssuer
      reply: Issuer
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
    delete: {
      path: { name: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
  }
  '/issuers/{name}/test': {
    post: {
      path: { name: string }
      reply: Issuer
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'CERTIFICATE_NOT_FOUND' | 'ISSUER_NOT_FOUND' | 'DNS_PROVIDER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'CERTIFICATE_NOT_WANTED' | 'ISSUER_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'CERTIFICATE_KEY_UNREADABLE' | 'CERTIFICATE_KEY_WRONG' | 'CERTIFICATE_CHAIN_BROKEN' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNUSABLE' | 'CERTIFICATE_WITHOUT_NAMES' | 'ISSUER_UNREACHABLE' | 'ISSUER_BINDING_MISSING' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DNS_PROVIDER_FAILED'
    }
  }
  '/apps': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ id: string; name: string; stack: (string | null); state: ("never-deployed" | "deploying" | "running" | "degraded" | "crashed" | "stopped" | "asleep"); urls: Array<string>; gitUrl: string; gitSshUrl: string; liveRelease: (number | null); lastDeployment?: ({ number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); title: string; at: string } | null); settings: { deployBranch: (string | null); healthPath: (string | null); healthTimeoutMs: (number | null); memoryBytes: number; cpuMillis: number; stopGraceMs: number; drainMs: number; watchMs: number; sleepAfterMs: (number | null); sleepWorkers: boolean; sleepIgnoresMonitors: boolean; holdDuringRelease: boolean; releaseTimeoutMs: number; isolation: ("compatible" | "strict"); readOnlyRoot: boolean; accessLogPercent: number; accessLogDays: number; build: BuildSettings }; createdAt: string }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'STARTER_NOT_FOUND' | 'APP_NAME_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
    post: {
      body: CreateApp
      reply: { id: string; name: string; stack: (string | null); state: ("never-deployed" | "deploying" | "running" | "degraded" | "crashed" | "stopped" | "asleep"); urls: Array<string>; gitUrl: string; gitSshUrl: string; liveRelease: (number | null); lastDeployment?: ({ number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); title: string; at: string } | null); settings: { deployBranch: (string | null); healthPath: (string | null); healthTimeoutMs: (number | null); memoryBytes: number; cpuMillis: number; stopGraceMs: number; drainMs: number; watchMs: number; sleepAfterMs: (number | null); sleepWorkers: boolean; sleepIgnoresMonitors: boolean; holdDuringRelease: boolean; releaseTimeoutMs: number; isolation: ("compatible" | "strict"); readOnlyRoot: boolean; accessLogPercent: number; accessLogDays: number; build: BuildSettings }; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'STARTER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'APP_NAME_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'NODE_MEMORY_LOW'
    }
  }
  '/apps/{name}': {
    get: {
      path: { name: string }
      reply: { id: string; name: string; stack: (string | null); state: ("never-deployed" | "deploying" | "running" | "degraded" | "crashed" | "stopped" | "asleep"); urls: Array<string>; gitUrl: string; gitSshUrl: string; liveRelease: (number | null); lastDeployment?: ({ number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); title: string; at: string } | null); settings: { deployBranch: (string | null); healthPath: (string | null); healthTimeoutMs: (number | null); memoryBytes: number; cpuMillis: number; stopGraceMs: number; drainMs: number; watchMs: number; sleepAfterMs: (number | null); sleepWorkers: boolean; sleepIgnoresMonitors: boolean; holdDuringRelease: boolean; releaseTimeoutMs: number; isolation: ("compatible" | "strict"); readOnlyRoot: boolean; accessLogPercent: number; accessLogDays: number; build: BuildSettings }; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'APP_NAME_INVALID' | 'BUILD_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
    patch: {
      path: { name: string }
      body: ChangeAppSettings
      reply: { id: string; name: string; stack: (string | null); state: ("never-deployed" | "deploying" | "running" | "degraded" | "crashed" | "stopped" | "asleep"); urls: Array<string>; gitUrl: string; gitSshUrl: string; liveRelease: (number | null); lastDeployment?: ({ number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); title: string; at: string } | null); settings: { deployBranch: (string | null); healthPath: (string | null); healthTimeoutMs: (number | null); memoryBytes: number; cpuMillis: number; stopGraceMs: number; drainMs: number; watchMs: number; sleepAfterMs: (number | null); sleepWorkers: boolean; sleepIgnoresMonitors: boolean; holdDuringRelease: boolean; releaseTimeoutMs: number; isolation: ("compatible" | "strict"); readOnlyRoot: boolean; accessLogPercent: number; accessLogDays: number; build: BuildSettings }; createdAt: string; needsRedeploy: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'BUILD_SETTINGS_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'NODE_MEMORY_LOW'
    }
    delete: {
      path: { name: string }
      body: ConfirmAddon
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'REQUEST_TOO_LARGE' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'BUILD_SETTINGS_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'NODE_MEMORY_LOW'
    }
  }
  '/destroyed-apps': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<DestroyedApp>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_IN_TRASH' | 'VOLUME_NOT_FOUND' | 'VOLUME_NOT_EMPTY' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/destroyed-apps/{name}/restore': {
    post: {
      path: { name: string }
      reply: { id: string; name: string; stack: (string | null); state: ("never-deployed" | "deploying" | "running" | "degraded" | "crashed" | "stopped" | "asleep"); urls: Array<string>; gitUrl: string; gitSshUrl: string; liveRelease: (number | null); lastDeployment?: ({ number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); title: string; at: string } | null); settings: { deployBranch: (string | null); healthPath: (string | null); healthTimeoutMs: (number | null); memoryBytes: number; cpuMillis: number; stopGraceMs: number; drainMs: number; watchMs: number; sleepAfterMs: (number | null); sleepWorkers: boolean; sleepIgnoresMonitors: boolean; holdDuringRelease: boolean; releaseTimeoutMs: number; isolation: ("compatible" | "strict"); readOnlyRoot: boolean; accessLogPercent: number; accessLogDays: number; build: BuildSettings }; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/starters': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Starter>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/env': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<EnvVariable>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_INVALID' | 'ENV_VALUE_INVALID' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
    patch: {
      path: { name: string }
      body: { set: Record<string, (string | null | SetVariable)> }
      reply: { deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ENV_NEVER_REVEALED' | 'ENV_GROUP_NAME_TAKEN' | 'ENV_GROUP_ATTACHED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_OF_ADDON' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'ENV_KEY_INVALID' | 'ENV_TOO_LARGE' | 'ENV_VALUE_INVALID' | 'ENV_REQUIRED_MISSING' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'ENV_GROUPS_TOO_MANY' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW'
    }
  }
  '/apps/{name}/env/import': {
    post: {
      path: { name: string }
      body: ExportedConfig
      reply: { deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null); keys: Array<string>; warnings: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'ENV_NEVER_REVEALED' | 'ENV_GROUP_NAME_TAKEN' | 'ENV_GROUP_ATTACHED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'ENV_TOO_LARGE' | 'ENV_VALUE_INVALID' | 'ENV_REQUIRED_MISSING' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'ENV_GROUPS_TOO_MANY' | 'NODE_MEMORY_EXCEEDED' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/apps/{name}/env/{key}': {
    get: {
      path: { name: string; key: string }
      reply: EnvVariable
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_INVALID' | 'ENV_VALUE_INVALID' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/env-changes': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<EnvChange>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_INVALID' | 'ENV_VALUE_INVALID' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/env-changes/{number}/restore': {
    post: {
      path: { name: string; number: number }
      reply: { deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'ENV_NEVER_REVEALED' | 'ENV_GROUP_NAME_TAKEN' | 'ENV_GROUP_ATTACHED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'ENV_TOO_LARGE' | 'ENV_VALUE_INVALID' | 'ENV_REQUIRED_MISSING' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'ENV_GROUPS_TOO_MANY' | 'NODE_MEMORY_EXCEEDED' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/apps/{name}/releases/{number}/env-difference': {
    get: {
      path: { name: string; number: number }
      query: { with?: number }
      reply: EnvDifference
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'ENV_KEY_INVALID' | 'ENV_VALUE_INVALID' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/env-groups': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ name: string; variables: Array<EnvVariable>; apps: Array<string>; createdAt: string }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_INVALID' | 'ENV_VALUE_INVALID' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
    post: {
      body: { name: string; set?: Record<string, (string | null | SetVariable)> }
      reply: { name: string; variables: Array<EnvVariable>; apps: Array<string>; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ENV_NEVER_REVEALED' | 'ENV_GROUP_NAME_TAKEN' | 'ENV_GROUP_ATTACHED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_OF_ADDON' | 'REQUEST_TOO_LARGE' | 'ENV_KEY_INVALID' | 'ENV_TOO_LARGE' | 'ENV_VALUE_INVALID' | 'ENV_REQUIRED_MISSING' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'ENV_GROUPS_TOO_MANY' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW'
    }
  }
  '/env-groups/{group}': {
    patch: {
      path: { group: string }
      body: { set: Record<string, (string | null | SetVariable)> }
      reply: { deployments: Array<{ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ENV_NEVER_REVEALED' | 'ENV_GROUP_NAME_TAKEN' | 'ENV_GROUP_ATTACHED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_OF_ADDON' | 'REQUEST_TOO_LARGE' | 'ENV_KEY_INVALID' | 'ENV_TOO_LARGE' | 'ENV_VALUE_INVALID' | 'ENV_REQUIRED_MISSING' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'ENV_GROUPS_TOO_MANY' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW'
    }
    delete: {
      path: { group: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ENV_NEVER_REVEALED' | 'ENV_GROUP_NAME_TAKEN' | 'ENV_GROUP_ATTACHED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_OF_ADDON' | 'REQUEST_TOO_LARGE' | 'ENV_KEY_INVALID' | 'ENV_TOO_LARGE' | 'ENV_VALUE_INVALID' | 'ENV_REQUIRED_MISSING' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'ENV_GROUPS_TOO_MANY' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW'
    }
  }
  '/env-groups/{group}/variables/{key}': {
    get: {
      path: { group: string; key: string }
      reply: EnvVariable
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PROOF_REQUIRED' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_INVALID' | 'ENV_VALUE_INVALID' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/env-groups/{group}/changes': {
    get: {
      path: { group: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<EnvChange>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_INVALID' | 'ENV_VALUE_INVALID' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/env-groups/{group}/changes/{number}/restore': {
    post: {
      path: { group: string; number: number }
      reply: { deployments: Array<{ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'ENV_NEVER_REVEALED' | 'ENV_GROUP_NAME_TAKEN' | 'ENV_GROUP_ATTACHED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'ENV_TOO_LARGE' | 'ENV_VALUE_INVALID' | 'ENV_REQUIRED_MISSING' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'ENV_GROUPS_TOO_MANY' | 'NODE_MEMORY_EXCEEDED' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/apps/{name}/env-groups': {
    get: {
      path: { name: string }
      reply: AppEnvGroups
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_INVALID' | 'ENV_VALUE_INVALID' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
    put: {
      path: { name: string }
      body: AppEnvGroups
      reply: { deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'ENV_KEY_NOT_FOUND' | 'ENV_CHANGE_NOT_FOUND' | 'ENV_GROUP_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ENV_NEVER_REVEALED' | 'ENV_GROUP_NAME_TAKEN' | 'ENV_GROUP_ATTACHED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ENV_KEY_OF_ADDON' | 'REQUEST_TOO_LARGE' | 'ENV_KEY_INVALID' | 'ENV_TOO_LARGE' | 'ENV_VALUE_INVALID' | 'ENV_REQUIRED_MISSING' | 'ENV_FILE_INVALID' | 'ENV_REFERENCE_INVALID' | 'ENV_GROUPS_TOO_MANY' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW'
    }
  }
  '/apps/{name}/deployments': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    post: {
      path: { name: string }
      body: ({ noCache?: boolean } | null) | undefined
      reply: { id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/deployments/{number}': {
    get: {
      path: { name: string; number: number }
      reply: { id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/deployments/{number}/cancel': {
    post: {
      path: { name: string; number: number }
      reply: { id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/deployments/{number}/log': {
    get: {
      path: { name: string; number: number }
      query: { after?: number; cursor?: string; limit?: number }
      reply: { items: Array<DeploymentLogLine>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/deployments/{number}/log/stream': {
    get: {
      path: { name: string; number: number }
      query: { after?: number }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/restart': {
    post: {
      path: { name: string }
      reply: { id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/start': {
    post: {
      path: { name: string }
      reply: { id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/stop': {
    post: {
      path: { name: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/releases': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ number: number; live: boolean; canRollBack: boolean; stack: string; imageId: string; imageSizeBytes: number; commit: (Commit | null); image: (ImageSource | null); description: string; envKeys: Array<string>; processes: Record<string, (string | null)>; createdAt: string }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/releases/{number}/source-difference': {
    get: {
      path: { name: string; number: number }
      query: { with?: number }
      reply: { release: number; before: (number | null); commit: (Commit | null); beforeCommit: (Commit | null); added: number; changed: number; removed: number; changes: Array<TreeChange> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/releases/{number}/source-file': {
    get: {
      path: { name: string; number: number }
      query: { path?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/releases/{number}/roll-back': {
    post: {
      path: { name: string; number: number }
      body: (RollBackInput | null) | undefined
      reply: { id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/schemas/vastrox.json': {
    get: {
      reply: string
      problems: 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/stacks': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<StackChoice>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'DOCKERFILE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/build-plan': {
    get: {
      path: { name: string }
      reply: { because: string; summary: Array<string>; alternatives: Array<string>; rootDirectory: (string | null); documentRoot: (string | null); notes: Array<string>; processes: Record<string, (string | null)>; releaseCommand: (string | null); stack: string; title: string; settings: BuildSettings; said: Record<string, string>; dockerfile: string; files: Record<string, string>; missingEnv: Array<string>; deployment: number; commit: (Commit | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'DOCKERFILE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/releases/{number}/build': {
    get: {
      path: { name: string; number: number }
      reply: { because: string; summary: Array<string>; alternatives: Array<string>; rootDirectory: (string | null); documentRoot: (string | null); notes: Array<string>; processes: Record<string, (string | null)>; releaseCommand: (string | null); stack: string; dockerfile: string; image: (ImageSource | null); canEject: boolean; durationMs: number; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'DOCKERFILE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/releases/{number}/dockerfile': {
    get: {
      path: { name: string; number: number }
      reply: Ejected
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'DOCKERFILE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/releases/{number}/dockerfile.tar': {
    get: {
      path: { name: string; number: number }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'DOCKERFILE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/volumes': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Volume>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'VOLUME_NOT_EMPTY' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    post: {
      path: { name: string }
      body: CreateVolumeInput
      reply: { volume: Volume; deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'VOLUME_EXCLUSIVE' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/volumes/{volume}': {
    patch: {
      path: { name: string; volume: string }
      body: ChangeVolumeInput
      reply: { volume: Volume; deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'VOLUME_EXCLUSIVE' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    delete: {
      path: { name: string; volume: string }
      body: ConfirmAddon
      reply: { volume: Volume; deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'VOLUME_EXCLUSIVE' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/destroyed-volumes': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<DestroyedVolume>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'VOLUME_NOT_EMPTY' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/destroyed-volumes/{id}/restore': {
    post: {
      path: { id: string }
      reply: { volume: Volume; deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/destroyed-volumes/{id}': {
    delete: {
      path: { id: string }
      body: ConfirmAddon
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'VOLUME_EXCLUSIVE' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/drills': {
    get: {
      query: { cursor?: string; limit?: number; backup?: string; type?: ("addon" | "volume" | "app" | "platform"); subject?: string }
      reply: { items: Array<{ id: string; backupId: string; subject: BackupSubject; state: ("queued" | "running" | "proven" | "failed" | "skipped"); startedAt: (string | null); endedAt: (string | null); durationMs: (number | null); checks: Array<DrillCheck>; reason: (string | null) }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'ADDON_NOT_RUNNING' | 'BACKUP_NOT_GOOD' | 'VOLUME_NOT_EMPTY' | 'BACKUP_NOT_READY' | 'APP_NAME_INVALID' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/drills/{id}': {
    get: {
      path: { id: string }
      reply: { id: string; backupId: string; subject: BackupSubject; state: ("queued" | "running" | "proven" | "failed" | "skipped"); startedAt: (string | null); endedAt: (string | null); durationMs: (number | null); checks: Array<DrillCheck>; reason: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'ADDON_NOT_RUNNING' | 'BACKUP_NOT_GOOD' | 'VOLUME_NOT_EMPTY' | 'BACKUP_NOT_READY' | 'APP_NAME_INVALID' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/backups/{id}/drill': {
    post: {
      path: { id: string }
      reply: { id: string; backupId: string; subject: BackupSubject; state: ("queued" | "running" | "proven" | "failed" | "skipped"); startedAt: (string | null); endedAt: (string | null); durationMs: (number | null); checks: Array<DrillCheck>; reason: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/backups/{id}/restore': {
    post: {
      path: { id: string }
      body: CreateRestore
      reply: { id: string; backupId: (string | null); subject: BackupSubject; how: ("new" | "switch" | "in-place" | "files"); target: (string | null); state: ("queued" | "saving" | "restoring" | "checking" | "switching" | "done" | "failed"); progress: (number | null); safetyBackupId: (string | null); checks: Array<DrillCheck>; reason: (string | null); startedAt: string; endedAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/restores': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ id: string; backupId: (string | null); subject: BackupSubject; how: ("new" | "switch" | "in-place" | "files"); target: (string | null); state: ("queued" | "saving" | "restoring" | "checking" | "switching" | "done" | "failed"); progress: (number | null); safetyBackupId: (string | null); checks: Array<DrillCheck>; reason: (string | null); startedAt: string; endedAt: (string | null) }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'ADDON_NOT_RUNNING' | 'BACKUP_NOT_GOOD' | 'VOLUME_NOT_EMPTY' | 'BACKUP_NOT_READY' | 'APP_NAME_INVALID' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/restores/{id}': {
    get: {
      path: { id: string }
      reply: { id: string; backupId: (string | null); subject: BackupSubject; how: ("new" | "switch" | "in-place" | "files"); target: (string | null); state: ("queued" | "saving" | "restoring" | "checking" | "switching" | "done" | "failed"); progress: (number | null); safetyBackupId: (string | null); checks: Array<DrillCheck>; reason: (string | null); startedAt: string; endedAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'ADDON_NOT_RUNNING' | 'BACKUP_NOT_GOOD' | 'VOLUME_NOT_EMPTY' | 'BACKUP_NOT_READY' | 'APP_NAME_INVALID' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/addons/{addon}/import': {
    put: {
      path: { addon: string }
      query: { name?: string; how?: ("new" | "switch"); as?: string; confirm?: string }
      reply: { id: string; backupId: (string | null); subject: BackupSubject; how: ("new" | "switch" | "in-place" | "files"); target: (string | null); state: ("queued" | "saving" | "restoring" | "checking" | "switching" | "done" | "failed"); progress: (number | null); safetyBackupId: (string | null); checks: Array<DrillCheck>; reason: (string | null); startedAt: string; endedAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/apps/{name}/volumes/{volume}/import': {
    put: {
      path: { name: string; volume: string }
      query: { name?: string; how?: ("new" | "switch"); as?: string; confirm?: string }
      reply: { id: string; backupId: (string | null); subject: BackupSubject; how: ("new" | "switch" | "in-place" | "files"); target: (string | null); state: ("queued" | "saving" | "restoring" | "checking" | "switching" | "done" | "failed"); progress: (number | null); safetyBackupId: (string | null); checks: Array<DrillCheck>; reason: (string | null); startedAt: string; endedAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/catalog/addons': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<AddonCatalogEntry>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/addons': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ name: string; kind: string; title: string; version: string; state: ("creating" | "running" | "stopped" | "failed" | "restoring"); reason: (string | null); memoryBytes: number; cpuMillis: number; host: string; port: number; attachments: Array<AddonAttachment>; createdAt: string }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    post: {
      body: CreateAddon
      reply: { name: string; kind: string; title: string; version: string; state: ("creating" | "running" | "stopped" | "failed" | "restoring"); reason: (string | null); memoryBytes: number; cpuMillis: number; host: string; port: number; attachments: Array<AddonAttachment>; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}': {
    get: {
      path: { addon: string }
      reply: { name: string; kind: string; title: string; version: string; state: ("creating" | "running" | "stopped" | "failed" | "restoring"); reason: (string | null); memoryBytes: number; cpuMillis: number; host: string; port: number; attachments: Array<AddonAttachment>; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    patch: {
      path: { addon: string }
      body: ChangeAddon
      reply: { name: string; kind: string; title: string; version: string; state: ("creating" | "running" | "stopped" | "failed" | "restoring"); reason: (string | null); memoryBytes: number; cpuMillis: number; host: string; port: number; attachments: Array<AddonAttachment>; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
    delete: {
      path: { addon: string }
      body: ConfirmAddon
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/attachments': {
    post: {
      path: { addon: string }
      body: AttachAddon
      reply: AddonAttachment
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/attachments/{app}/credentials': {
    get: {
      path: { addon: string; app: string }
      reply: { variables: Record<string, string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/addons/{addon}/attachments/{app}': {
    delete: {
      path: { addon: string; app: string }
      reply: { deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/start': {
    post: {
      path: { addon: string }
      reply: { name: string; kind: string; title: string; version: string; state: ("creating" | "running" | "stopped" | "failed" | "restoring"); reason: (string | null); memoryBytes: number; cpuMillis: number; host: string; port: number; attachments: Array<AddonAttachment>; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/stop': {
    post: {
      path: { addon: string }
      reply: { name: string; kind: string; title: string; version: string; state: ("creating" | "running" | "stopped" | "failed" | "restoring"); reason: (string | null); memoryBytes: number; cpuMillis: number; host: string; port: number; attachments: Array<AddonAttachment>; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/restart': {
    post: {
      path: { addon: string }
      reply: { name: string; kind: string; title: string; version: string; state: ("creating" | "running" | "stopped" | "failed" | "restoring"); reason: (string | null); memoryBytes: number; cpuMillis: number; host: string; port: number; attachments: Array<AddonAttachment>; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/rotate': {
    post: {
      path: { addon: string }
      body: (ConfigQuery | null) | undefined
      reply: { deployments: Array<{ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/usage': {
    get: {
      path: { addon: string }
      reply: AddonUsage
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/destroyed-addons': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<DestroyedAddon>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/destroyed-addons/{id}/restore': {
    post: {
      path: { id: string }
      body: ({ name?: string } | null) | undefined
      reply: { name: string; kind: string; title: string; version: string; state: ("creating" | "running" | "stopped" | "failed" | "restoring"); reason: (string | null); memoryBytes: number; cpuMillis: number; host: string; port: number; attachments: Array<AddonAttachment>; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'APP_NOT_IN_TRASH' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DRILL_NOT_FOUND' | 'RESTORE_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'APP_IN_TRASH' | 'APP_PURGING' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'BACKUP_NOT_GOOD' | 'RESTORE_UNDER_WAY' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'RESTORE_FOLDER_TAKEN' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'APP_NAME_INVALID' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'RESTORE_FAILED' | 'RESTORE_NOT_HERE' | 'IMPORT_REFUSED' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'DESTINATION_REFUSED' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'RESTORE_DIFFERS' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'RESTORE_TOO_LARGE' | 'DISK_LOW' | 'DISK_FULL' | 'DESTINATION_FULL'
    }
  }
  '/destroyed-addons/{id}': {
    delete: {
      path: { id: string }
      body: ConfirmAddon
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/exceptions': {
    get: {
      path: { addon: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<AddonException>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    post: {
      path: { addon: string }
      body: CreateAddonExceptionInput
      reply: AddonException
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/exceptions/{id}': {
    delete: {
      path: { addon: string; id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/logs': {
    get: {
      path: { addon: string }
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; limit?: number }
      reply: { items: Array<FoundLine>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'LOG_DRAIN_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/addons/{addon}/logs/search': {
    get: {
      path: { addon: string }
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; cursor?: string; limit?: number }
      reply: { items: Array<FoundLine>; nextCursor: (string | null); scannedBytes: number; tookMs: number }
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'LOG_DRAIN_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/addons/{addon}/logs/download': {
    get: {
      path: { addon: string }
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; format?: ("text" | "ndjson"); gzip?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'LOG_DRAIN_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/addons/{addon}/logs/settings': {
    get: {
      path: { addon: string }
      reply: LogSettingsView
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'LOG_DRAIN_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    patch: {
      path: { addon: string }
      body: ChangeLogSettings
      reply: LogSettingsView
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'LOG_DRAIN_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'LOG_UNAVAILABLE' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'LOG_DRAIN_INVALID' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'LOG_SEARCH_BUSY' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/logs/stream': {
    get: {
      path: { addon: string }
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; limit?: number; after?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'LOG_DRAIN_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/destinations': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Destination>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'DESTINATION_NOT_FOUND' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
    post: {
      body: CreateDestinationInput
      reply: { repositoryKey: string; location: string; meaning: string; destination: Destination }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'DESTINATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DESTINATION_LOCKED' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DESTINATION_FULL'
    }
  }
  '/destination-kinds': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<DestinationKindInfo>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/backup-roots': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<BackupRoot>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'DESTINATION_NOT_FOUND' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/destinations/{destination}': {
    get: {
      path: { destination: string }
      reply: Destination
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'DESTINATION_NOT_FOUND' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
    patch: {
      path: { destination: string }
      body: ChangeDestination
      reply: Destination
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'DESTINATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DESTINATION_LOCKED' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DESTINATION_FULL'
    }
    delete: {
      path: { destination: string }
      body: ConfirmAddon
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'DESTINATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DESTINATION_LOCKED' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DESTINATION_FULL'
    }
  }
  '/destinations/{destination}/test': {
    post: {
      path: { destination: string }
      reply: Destination
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'DESTINATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DESTINATION_LOCKED' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DESTINATION_FULL'
    }
  }
  '/destinations/{destination}/check': {
    post: {
      path: { destination: string }
      reply: Destination
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'DESTINATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DESTINATION_LOCKED' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DESTINATION_FULL'
    }
  }
  '/destinations/{destination}/key': {
    post: {
      path: { destination: string }
      reply: DestinationKey
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'DESTINATION_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DESTINATION_LOCKED' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DESTINATION_FULL'
    }
  }
  '/backups': {
    get: {
      query: { cursor?: string; limit?: number; subject?: string; destination?: string; state?: ("queued" | "running" | "done" | "failed" | "removing"); group?: string }
      reply: { items: Array<{ id: string; groupId: string; subject: BackupSubject; destination: string; state: ("queued" | "running" | "done" | "failed" | "removing"); mode: (("dump" | "live" | "paused" | "stopped") | null); startedAt: string; endedAt: (string | null); progress: (number | null); sizeBytes: (number | null); addedBytes: (number | null); isKept: boolean; schedule: (string | null); reason: (string | null); drill: ({ state: ("queued" | "running" | "proven" | "failed" | "skipped"); endedAt: (string | null); durationMs: (number | null); reason: (string | null) } | null); verifiedAt?: (string | null); damage?: (string | null); warnings?: Array<string> }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'BACKUP_NOT_GOOD' | 'BACKUP_NOT_READY' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE'
    }
    post: {
      body: CreateSubjectBackupInput
      reply: { id: string; groupId: string; subject: BackupSubject; destination: string; state: ("queued" | "running" | "done" | "failed" | "removing"); mode: (("dump" | "live" | "paused" | "stopped") | null); startedAt: string; endedAt: (string | null); progress: (number | null); sizeBytes: (number | null); addedBytes: (number | null); isKept: boolean; schedule: (string | null); reason: (string | null); drill: ({ state: ("queued" | "running" | "proven" | "failed" | "skipped"); endedAt: (string | null); durationMs: (number | null); reason: (string | null) } | null); verifiedAt?: (string | null); damage?: (string | null); warnings?: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BACKUP_NOT_GOOD' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'DESTINATION_FULL'
    }
  }
  '/backup-subjects': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ subject: BackupSubject; isThere: boolean; proof: Proof; backups: number; sizeBytes: (number | null); storedBytes: number; grownBytes: number; schedules: Array<string>; proposedSchedule: (string | null) }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/backups': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ id: string; groupId: string; subject: BackupSubject; destination: string; state: ("queued" | "running" | "done" | "failed" | "removing"); mode: (("dump" | "live" | "paused" | "stopped") | null); startedAt: string; endedAt: (string | null); progress: (number | null); sizeBytes: (number | null); addedBytes: (number | null); isKept: boolean; schedule: (string | null); reason: (string | null); drill: ({ state: ("queued" | "running" | "proven" | "failed" | "skipped"); endedAt: (string | null); durationMs: (number | null); reason: (string | null) } | null); verifiedAt?: (string | null); damage?: (string | null); warnings?: Array<string> }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'BACKUP_NOT_GOOD' | 'BACKUP_NOT_READY' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE'
    }
    post: {
      path: { name: string }
      body: CreateBackupInput
      reply: { items: Array<{ id: string; groupId: string; subject: BackupSubject; destination: string; state: ("queued" | "running" | "done" | "failed" | "removing"); mode: (("dump" | "live" | "paused" | "stopped") | null); startedAt: string; endedAt: (string | null); progress: (number | null); sizeBytes: (number | null); addedBytes: (number | null); isKept: boolean; schedule: (string | null); reason: (string | null); drill: ({ state: ("queued" | "running" | "proven" | "failed" | "skipped"); endedAt: (string | null); durationMs: (number | null); reason: (string | null) } | null); verifiedAt?: (string | null); damage?: (string | null); warnings?: Array<string> }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BACKUP_NOT_GOOD' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'DESTINATION_FULL'
    }
  }
  '/backups/{id}': {
    get: {
      path: { id: string }
      reply: { id: string; groupId: string; subject: BackupSubject; destination: string; state: ("queued" | "running" | "done" | "failed" | "removing"); mode: (("dump" | "live" | "paused" | "stopped") | null); startedAt: string; endedAt: (string | null); progress: (number | null); sizeBytes: (number | null); addedBytes: (number | null); isKept: boolean; schedule: (string | null); reason: (string | null); drill: ({ state: ("queued" | "running" | "proven" | "failed" | "skipped"); endedAt: (string | null); durationMs: (number | null); reason: (string | null) } | null); verifiedAt?: (string | null); damage?: (string | null); warnings?: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'BACKUP_NOT_GOOD' | 'BACKUP_NOT_READY' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE'
    }
    patch: {
      path: { id: string }
      body: ChangeBackup
      reply: { id: string; groupId: string; subject: BackupSubject; destination: string; state: ("queued" | "running" | "done" | "failed" | "removing"); mode: (("dump" | "live" | "paused" | "stopped") | null); startedAt: string; endedAt: (string | null); progress: (number | null); sizeBytes: (number | null); addedBytes: (number | null); isKept: boolean; schedule: (string | null); reason: (string | null); drill: ({ state: ("queued" | "running" | "proven" | "failed" | "skipped"); endedAt: (string | null); durationMs: (number | null); reason: (string | null) } | null); verifiedAt?: (string | null); damage?: (string | null); warnings?: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BACKUP_NOT_GOOD' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'DESTINATION_FULL'
    }
    delete: {
      path: { id: string }
      body: ConfirmAddon
      reply: { id: string; groupId: string; subject: BackupSubject; destination: string; state: ("queued" | "running" | "done" | "failed" | "removing"); mode: (("dump" | "live" | "paused" | "stopped") | null); startedAt: string; endedAt: (string | null); progress: (number | null); sizeBytes: (number | null); addedBytes: (number | null); isKept: boolean; schedule: (string | null); reason: (string | null); drill: ({ state: ("queued" | "running" | "proven" | "failed" | "skipped"); endedAt: (string | null); durationMs: (number | null); reason: (string | null) } | null); verifiedAt?: (string | null); damage?: (string | null); warnings?: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BACKUP_NOT_GOOD' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'DESTINATION_FULL'
    }
  }
  '/backups/{id}/cancel': {
    post: {
      path: { id: string }
      reply: { id: string; groupId: string; subject: BackupSubject; destination: string; state: ("queued" | "running" | "done" | "failed" | "removing"); mode: (("dump" | "live" | "paused" | "stopped") | null); startedAt: string; endedAt: (string | null); progress: (number | null); sizeBytes: (number | null); addedBytes: (number | null); isKept: boolean; schedule: (string | null); reason: (string | null); drill: ({ state: ("queued" | "running" | "proven" | "failed" | "skipped"); endedAt: (string | null); durationMs: (number | null); reason: (string | null) } | null); verifiedAt?: (string | null); damage?: (string | null); warnings?: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BACKUP_NOT_GOOD' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'DESTINATION_FULL'
    }
  }
  '/backups/{id}/files': {
    get: {
      path: { id: string }
      query: { path?: string; cursor?: string; limit?: number }
      reply: { items: Array<BackupFile>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PROOF_REQUIRED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'BACKUP_NOT_GOOD' | 'BACKUP_NOT_READY' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/backups/{id}/content': {
    get: {
      path: { id: string }
      query: { path?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PROOF_REQUIRED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'BACKUP_NOT_GOOD' | 'BACKUP_NOT_READY' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/backup-schedules': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ id: string; subject: BackupSubject; destination: string; schedule: string; timeZone: (string | null); retention: Retention; mode: ("live" | "paused" | "stopped"); isEnabled: boolean; nextAt: (string | null) }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'BACKUP_NOT_GOOD' | 'BACKUP_NOT_READY' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE'
    }
    post: {
      body: { subject: string; destination?: string; schedule?: string; timeZone?: (string | null); retention?: RetentionInput; mode?: ("live" | "paused" | "stopped") }
      reply: { id: string; subject: BackupSubject; destination: string; schedule: string; timeZone: (string | null); retention: Retention; mode: ("live" | "paused" | "stopped"); isEnabled: boolean; nextAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BACKUP_NOT_GOOD' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'DESTINATION_FULL'
    }
  }
  '/backup-schedules/{id}': {
    patch: {
      path: { id: string }
      body: { schedule?: string; timeZone?: (string | null); retention?: RetentionInput; mode?: ("live" | "paused" | "stopped"); isEnabled?: boolean }
      reply: { id: string; subject: BackupSubject; destination: string; schedule: string; timeZone: (string | null); retention: Retention; mode: ("live" | "paused" | "stopped"); isEnabled: boolean; nextAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BACKUP_NOT_GOOD' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'DESTINATION_FULL'
    }
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BACKUP_NOT_GOOD' | 'DESTINATION_LOCKED' | 'BACKUP_UNDER_WAY' | 'DESTINATION_MISSING' | 'DESTINATION_NAME_TAKEN' | 'DESTINATION_IN_USE' | 'DESTINATION_OTHER_REPOSITORY' | 'DESTINATION_KEY_WRONG' | 'BACKUP_NOT_READY' | 'BACKUP_KEPT' | 'BACKUP_OTHER_INSTALLATION' | 'BACKUP_CANCELLED' | 'BACKUP_SCHEDULE_EXISTS' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'DESTINATION_REFUSED' | 'DESTINATION_KIND_UNKNOWN' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_TOO_SMALL' | 'BACKUP_DUMP_FAILED' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_DAMAGED' | 'BACKUP_TOOL_MISSING' | 'BACKUP_FAILED' | 'BACKUP_DIGEST_WRONG' | 'DESTINATION_UNREACHABLE' | 'BACKUP_TOO_MANY' | 'BACKUP_TIMED_OUT' | 'DESTINATION_FULL'
    }
  }
  '/backup-schedules/{id}/retention': {
    get: {
      path: { id: string }
      reply: RetentionPlan
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'BACKUP_NOT_FOUND' | 'DESTINATION_NOT_FOUND' | 'BACKUP_SUBJECT_NOT_FOUND' | 'BACKUP_SCHEDULE_NOT_FOUND' | 'BACKUP_NOT_GOOD' | 'BACKUP_NOT_READY' | 'DESTINATION_REFUSED' | 'DESTINATION_SETTINGS_INVALID' | 'BACKUP_SCHEDULE_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DESTINATION_UNREACHABLE'
    }
  }
  '/apps/{name}/domains': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ host: string; unicode: string; app: string; redirectTo: (string | null); isPrimary: boolean; isServed: boolean; proof: ({ name: string; value: string } | null); check: ({ at: string; state: ("unchecked" | "unproven" | "waiting" | "wrong" | "ready" | "private"); summary: string; findings: Array<DomainFinding>; records: Array<DnsRecord>; nameServers: Array<string> } | null); nextCheckAt: (string | null); certificate: (DomainCertificate | null); createdAt: string }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      path: { name: string }
      body: AddDomainInput
      reply: { domain: { host: string; unicode: string; app: string; redirectTo: (string | null); isPrimary: boolean; isServed: boolean; proof: ({ name: string; value: string } | null); check: ({ at: string; state: ("unchecked" | "unproven" | "waiting" | "wrong" | "ready" | "private"); summary: string; findings: Array<DomainFinding>; records: Array<DnsRecord>; nameServers: Array<string> } | null); nextCheckAt: (string | null); certificate: (DomainCertificate | null); createdAt: string }; also: ({ host: string; unicode: string; app: string; redirectTo: (string | null); isPrimary: boolean; isServed: boolean; proof: ({ name: string; value: string } | null); check: ({ at: string; state: ("unchecked" | "unproven" | "waiting" | "wrong" | "ready" | "private"); summary: string; findings: Array<DomainFinding>; records: Array<DnsRecord>; nameServers: Array<string> } | null); nextCheckAt: (string | null); certificate: (DomainCertificate | null); createdAt: string } | null); offer: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DOMAIN_TAKEN' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'REQUEST_TOO_LARGE' | 'DOMAIN_RESERVED' | 'DOMAIN_IS_SUFFIX' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/domains/{host}': {
    get: {
      path: { name: string; host: string }
      reply: { host: string; unicode: string; app: string; redirectTo: (string | null); isPrimary: boolean; isServed: boolean; proof: ({ name: string; value: string } | null); check: ({ at: string; state: ("unchecked" | "unproven" | "waiting" | "wrong" | "ready" | "private"); summary: string; findings: Array<DomainFinding>; records: Array<DnsRecord>; nameServers: Array<string> } | null); nextCheckAt: (string | null); certificate: (DomainCertificate | null); createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
    patch: {
      path: { name: string; host: string }
      body: ChangeDomainInput
      reply: { host: string; unicode: string; app: string; redirectTo: (string | null); isPrimary: boolean; isServed: boolean; proof: ({ name: string; value: string } | null); check: ({ at: string; state: ("unchecked" | "unproven" | "waiting" | "wrong" | "ready" | "private"); summary: string; findings: Array<DomainFinding>; records: Array<DnsRecord>; nameServers: Array<string> } | null); nextCheckAt: (string | null); certificate: (DomainCertificate | null); createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DOMAIN_TAKEN' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'REQUEST_TOO_LARGE' | 'DOMAIN_RESERVED' | 'DOMAIN_IS_SUFFIX' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      path: { name: string; host: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DOMAIN_TAKEN' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'REQUEST_TOO_LARGE' | 'DOMAIN_RESERVED' | 'DOMAIN_IS_SUFFIX' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/domains/{host}/check': {
    post: {
      path: { name: string; host: string }
      reply: { host: string; unicode: string; app: string; redirectTo: (string | null); isPrimary: boolean; isServed: boolean; proof: ({ name: string; value: string } | null); check: ({ at: string; state: ("unchecked" | "unproven" | "waiting" | "wrong" | "ready" | "private"); summary: string; findings: Array<DomainFinding>; records: Array<DnsRecord>; nameServers: Array<string> } | null); nextCheckAt: (string | null); certificate: (DomainCertificate | null); createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DOMAIN_TAKEN' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'REQUEST_TOO_LARGE' | 'DOMAIN_RESERVED' | 'DOMAIN_IS_SUFFIX' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/domains/{host}/move': {
    post: {
      path: { name: string; host: string }
      body: MoveDomain
      reply: { host: string; unicode: string; app: string; redirectTo: (string | null); isPrimary: boolean; isServed: boolean; proof: ({ name: string; value: string } | null); check: ({ at: string; state: ("unchecked" | "unproven" | "waiting" | "wrong" | "ready" | "private"); summary: string; findings: Array<DomainFinding>; records: Array<DnsRecord>; nameServers: Array<string> } | null); nextCheckAt: (string | null); certificate: (DomainCertificate | null); createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'DOMAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'DOMAIN_TAKEN' | 'DOMAIN_MOVE_REFUSED' | 'CERTIFICATE_NOT_WANTED' | 'REQUEST_TOO_LARGE' | 'DOMAIN_RESERVED' | 'DOMAIN_IS_SUFFIX' | 'DOMAIN_REDIRECT_INVALID' | 'HOST_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/sources': {
    get: {
      path: { name: string }
      reply: { image: (AppImage | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/sources/image': {
    post: {
      path: { name: string }
      body: DeployImage
      reply: { id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'REGISTRY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'HOST_NOT_FOUND' | 'REGISTRY_HOST_INVALID' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
    patch: {
      path: { name: string }
      body: ChangeAppImage
      reply: { image: (AppImage | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'REGISTRY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'HOST_NOT_FOUND' | 'REGISTRY_HOST_INVALID' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/git': {
    get: {
      path: { name: string }
      reply: { source: ({ follow: ({ kind: "branch"; name: string } | { kind: "tag"; pattern: string }); watchPaths: Array<string>; submodules: boolean; pollEveryMs: (number | null); postStatus: boolean; url: string; hostKind: ("github" | "gitlab" | "gitea" | "generic"); access: ("open" | "deploy-key" | "token"); username: (string | null); publicKey: (string | null); hostKey: (HostKey | null); rootDirectory: (string | null); commit: (Commit | null); fetchedAt: (string | null); nextPollAt: (string | null); problem: (string | null); statusProblem: (string | null); webhookUrl: string; webhookAt: (string | null) } | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    put: {
      path: { name: string }
      body: ConnectExternalInput
      reply: { source: { follow: ({ kind: "branch"; name: string } | { kind: "tag"; pattern: string }); watchPaths: Array<string>; submodules: boolean; pollEveryMs: (number | null); postStatus: boolean; url: string; hostKind: ("github" | "gitlab" | "gitea" | "generic"); access: ("open" | "deploy-key" | "token"); username: (string | null); publicKey: (string | null); hostKey: (HostKey | null); rootDirectory: (string | null); commit: (Commit | null); fetchedAt: (string | null); nextPollAt: (string | null); problem: (string | null); statusProblem: (string | null); webhookUrl: string; webhookAt: (string | null) }; webhookSecret: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
    patch: {
      path: { name: string }
      body: ChangeExternal
      reply: { follow: ({ kind: "branch"; name: string } | { kind: "tag"; pattern: string }); watchPaths: Array<string>; submodules: boolean; pollEveryMs: (number | null); postStatus: boolean; url: string; hostKind: ("github" | "gitlab" | "gitea" | "generic"); access: ("open" | "deploy-key" | "token"); username: (string | null); publicKey: (string | null); hostKey: (HostKey | null); rootDirectory: (string | null); commit: (Commit | null); fetchedAt: (string | null); nextPollAt: (string | null); problem: (string | null); statusProblem: (string | null); webhookUrl: string; webhookAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
    delete: {
      path: { name: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/git/fetch': {
    post: {
      path: { name: string }
      reply: { outcome: ("deployed" | "nothing" | "failed"); reason: string; deployment: (number | null); commit: (Commit | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/git/deploy-key': {
    post: {
      path: { name: string }
      reply: { follow: ({ kind: "branch"; name: string } | { kind: "tag"; pattern: string }); watchPaths: Array<string>; submodules: boolean; pollEveryMs: (number | null); postStatus: boolean; url: string; hostKind: ("github" | "gitlab" | "gitea" | "generic"); access: ("open" | "deploy-key" | "token"); username: (string | null); publicKey: (string | null); hostKey: (HostKey | null); rootDirectory: (string | null); commit: (Commit | null); fetchedAt: (string | null); nextPollAt: (string | null); problem: (string | null); statusProblem: (string | null); webhookUrl: string; webhookAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/git/host-key': {
    delete: {
      path: { name: string }
      reply: { follow: ({ kind: "branch"; name: string } | { kind: "tag"; pattern: string }); watchPaths: Array<string>; submodules: boolean; pollEveryMs: (number | null); postStatus: boolean; url: string; hostKind: ("github" | "gitlab" | "gitea" | "generic"); access: ("open" | "deploy-key" | "token"); username: (string | null); publicKey: (string | null); hostKey: (HostKey | null); rootDirectory: (string | null); commit: (Commit | null); fetchedAt: (string | null); nextPollAt: (string | null); problem: (string | null); statusProblem: (string | null); webhookUrl: string; webhookAt: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/git/webhook-secret': {
    post: {
      path: { name: string }
      reply: { source: { follow: ({ kind: "branch"; name: string } | { kind: "tag"; pattern: string }); watchPaths: Array<string>; submodules: boolean; pollEveryMs: (number | null); postStatus: boolean; url: string; hostKind: ("github" | "gitlab" | "gitea" | "generic"); access: ("open" | "deploy-key" | "token"); username: (string | null); publicKey: (string | null); hostKey: (HostKey | null); rootDirectory: (string | null); commit: (Commit | null); fetchedAt: (string | null); nextPollAt: (string | null); problem: (string | null); statusProblem: (string | null); webhookUrl: string; webhookAt: (string | null) }; webhookSecret: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/git/deliveries': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<WebhookDelivery>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/sources/git/deliveries/{delivery}/redeliver': {
    post: {
      path: { name: string; delivery: string }
      reply: WebhookDelivery
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/hooks/{hook}': {
    post: {
      path: { hook: string }
      reply: WebhookDelivery
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'ORIGIN_REFUSED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'GIT_BUSY'
    }
  }
  '/outgoing-webhooks': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<OutgoingWebhook>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'OUTGOING_WEBHOOK_NOT_FOUND' | 'OUTGOING_DELIVERY_NOT_FOUND' | 'ADDRESS_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      body: AddOutgoingWebhookInput
      reply: { webhook: OutgoingWebhook; webhookSecret: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'OUTGOING_WEBHOOK_NOT_FOUND' | 'OUTGOING_DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'OUTGOING_WEBHOOKS_FULL' | 'OUTGOING_WEBHOOK_OFF' | 'REQUEST_TOO_LARGE' | 'ADDRESS_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/outgoing-webhooks/{id}': {
    patch: {
      path: { id: string }
      body: ChangeOutgoingWebhook
      reply: OutgoingWebhook
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'OUTGOING_WEBHOOK_NOT_FOUND' | 'OUTGOING_DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'OUTGOING_WEBHOOKS_FULL' | 'OUTGOING_WEBHOOK_OFF' | 'REQUEST_TOO_LARGE' | 'ADDRESS_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'OUTGOING_WEBHOOK_NOT_FOUND' | 'OUTGOING_DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'OUTGOING_WEBHOOKS_FULL' | 'OUTGOING_WEBHOOK_OFF' | 'REQUEST_TOO_LARGE' | 'ADDRESS_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/outgoing-webhooks/{id}/secret': {
    post: {
      path: { id: string }
      reply: { webhook: OutgoingWebhook; webhookSecret: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'OUTGOING_WEBHOOK_NOT_FOUND' | 'OUTGOING_DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'OUTGOING_WEBHOOKS_FULL' | 'OUTGOING_WEBHOOK_OFF' | 'REQUEST_TOO_LARGE' | 'ADDRESS_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/outgoing-webhooks/{id}/test': {
    post: {
      path: { id: string }
      reply: { id: string; eventId: string; event: ("deployment.live" | "deployment.failed" | "deployment.reverted" | "app.created" | "app.destroyed" | "app.crash_looping" | "domain.added" | "domain.removed" | "domain.astray" | "certificate.issued" | "certificate.failed" | "certificate.expiring" | "backup.failed" | "backup.overdue" | "destination.failed" | "drill.failed" | "alert.firing" | "alert.resolved" | "webhook.test"); state: ("waiting" | "delivered" | "failed"); attempts: number; lastAttempt: (DeliveryAttempt | null); nextAttemptAt: (string | null); createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'OUTGOING_WEBHOOK_NOT_FOUND' | 'OUTGOING_DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'OUTGOING_WEBHOOKS_FULL' | 'OUTGOING_WEBHOOK_OFF' | 'REQUEST_TOO_LARGE' | 'ADDRESS_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/outgoing-webhooks/{id}/deliveries': {
    get: {
      path: { id: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ id: string; eventId: string; event: ("deployment.live" | "deployment.failed" | "deployment.reverted" | "app.created" | "app.destroyed" | "app.crash_looping" | "domain.added" | "domain.removed" | "domain.astray" | "certificate.issued" | "certificate.failed" | "certificate.expiring" | "backup.failed" | "backup.overdue" | "destination.failed" | "drill.failed" | "alert.firing" | "alert.resolved" | "webhook.test"); state: ("waiting" | "delivered" | "failed"); attempts: number; lastAttempt: (DeliveryAttempt | null); nextAttemptAt: (string | null); createdAt: string }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'OUTGOING_WEBHOOK_NOT_FOUND' | 'OUTGOING_DELIVERY_NOT_FOUND' | 'ADDRESS_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/outgoing-webhooks/{id}/deliveries/{delivery}': {
    get: {
      path: { id: string; delivery: string }
      reply: { id: string; eventId: string; event: ("deployment.live" | "deployment.failed" | "deployment.reverted" | "app.created" | "app.destroyed" | "app.crash_looping" | "domain.added" | "domain.removed" | "domain.astray" | "certificate.issued" | "certificate.failed" | "certificate.expiring" | "backup.failed" | "backup.overdue" | "destination.failed" | "drill.failed" | "alert.firing" | "alert.resolved" | "webhook.test"); state: ("waiting" | "delivered" | "failed"); attempts: number; lastAttempt: (DeliveryAttempt | null); nextAttemptAt: (string | null); createdAt: string; request: { url: string; headers: Record<string, string>; body: string }; tries: Array<DeliveryAttempt> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'OUTGOING_WEBHOOK_NOT_FOUND' | 'OUTGOING_DELIVERY_NOT_FOUND' | 'ADDRESS_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/outgoing-webhooks/{id}/deliveries/{delivery}/redeliver': {
    post: {
      path: { id: string; delivery: string }
      reply: { id: string; eventId: string; event: ("deployment.live" | "deployment.failed" | "deployment.reverted" | "app.created" | "app.destroyed" | "app.crash_looping" | "domain.added" | "domain.removed" | "domain.astray" | "certificate.issued" | "certificate.failed" | "certificate.expiring" | "backup.failed" | "backup.overdue" | "destination.failed" | "drill.failed" | "alert.firing" | "alert.resolved" | "webhook.test"); state: ("waiting" | "delivered" | "failed"); attempts: number; lastAttempt: (DeliveryAttempt | null); nextAttemptAt: (string | null); createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'OUTGOING_WEBHOOK_NOT_FOUND' | 'OUTGOING_DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'OUTGOING_WEBHOOKS_FULL' | 'OUTGOING_WEBHOOK_OFF' | 'REQUEST_TOO_LARGE' | 'ADDRESS_REFUSED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/uptime-checks': {
    get: {
      query: { cursor?: string; limit?: number; incidents?: string }
      reply: { items: Array<{ id: string; name: string; kind: ("http" | "tcp" | "tls"); target: string; method: ("GET" | "HEAD" | "POST"); everyMs: number; timeoutMs: number; expect: UptimeExpect; followRedirects: boolean; app: (string | null); isOn: boolean; state: ("up" | "slow" | "down" | "waiting" | "paused"); since: (string | null); reason: (string | null); lastMs: (number | null); lastAt: (string | null); certificateDays: (number | null); availability: { day: (number | null); week: (number | null); quarter: (number | null) }; createdAt: string; incidents?: Array<UptimeIncident> }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      body: { name?: string; kind: ("http" | "tcp" | "tls"); target: string; method?: ("GET" | "HEAD" | "POST"); everyMs?: number; timeoutMs?: number; expect?: UptimeExpect; followRedirects?: boolean }
      reply: { id: string; name: string; kind: ("http" | "tcp" | "tls"); target: string; method: ("GET" | "HEAD" | "POST"); everyMs: number; timeoutMs: number; expect: UptimeExpect; followRedirects: boolean; app: (string | null); isOn: boolean; state: ("up" | "slow" | "down" | "waiting" | "paused"); since: (string | null); reason: (string | null); lastMs: (number | null); lastAt: (string | null); certificateDays: (number | null); availability: { day: (number | null); week: (number | null); quarter: (number | null) }; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/uptime-checks/{id}': {
    get: {
      path: { id: string }
      reply: { id: string; name: string; kind: ("http" | "tcp" | "tls"); target: string; method: ("GET" | "HEAD" | "POST"); everyMs: number; timeoutMs: number; expect: UptimeExpect; followRedirects: boolean; app: (string | null); isOn: boolean; state: ("up" | "slow" | "down" | "waiting" | "paused"); since: (string | null); reason: (string | null); lastMs: (number | null); lastAt: (string | null); certificateDays: (number | null); availability: { day: (number | null); week: (number | null); quarter: (number | null) }; createdAt: string; incidents: Array<UptimeIncident> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    patch: {
      path: { id: string }
      body: { name?: string; target?: string; method?: ("GET" | "HEAD" | "POST"); everyMs?: number; timeoutMs?: number; expect?: UptimeExpect; followRedirects?: boolean; isOn?: boolean }
      reply: { id: string; name: string; kind: ("http" | "tcp" | "tls"); target: string; method: ("GET" | "HEAD" | "POST"); everyMs: number; timeoutMs: number; expect: UptimeExpect; followRedirects: boolean; app: (string | null); isOn: boolean; state: ("up" | "slow" | "down" | "waiting" | "paused"); since: (string | null); reason: (string | null); lastMs: (number | null); lastAt: (string | null); certificateDays: (number | null); availability: { day: (number | null); week: (number | null); quarter: (number | null) }; createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/uptime': {
    get: {
      path: { name: string }
      reply: { id: string; name: string; kind: ("http" | "tcp" | "tls"); target: string; method: ("GET" | "HEAD" | "POST"); everyMs: number; timeoutMs: number; expect: UptimeExpect; followRedirects: boolean; app: (string | null); isOn: boolean; state: ("up" | "slow" | "down" | "waiting" | "paused"); since: (string | null); reason: (string | null); lastMs: (number | null); lastAt: (string | null); certificateDays: (number | null); availability: { day: (number | null); week: (number | null); quarter: (number | null) }; createdAt: string; incidents: Array<UptimeIncident> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/terminals': {
    post: {
      path: { name: string }
      body: OpenAppTerminalInput
      reply: Terminal
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'TERMINAL_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'RUN_HAS_ENDED' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'TERMINALS_TOO_MANY' | 'INTERNAL' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED'
    }
  }
  '/addons/{addon}/terminals': {
    post: {
      path: { addon: string }
      body: OpenAddonTerminalInput
      reply: Terminal
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'TERMINAL_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'RUN_HAS_ENDED' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'TERMINALS_TOO_MANY' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/terminals/{id}/output': {
    get: {
      path: { name: string; id: string }
      query: { after?: number }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'TERMINAL_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'RELEASE_SOURCE_GONE' | 'ADDON_EXCEPTION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/terminals/{id}/input': {
    post: {
      path: { name: string; id: string }
      body: TerminalInput
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'TERMINAL_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'RUN_HAS_ENDED' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'TERMINALS_TOO_MANY' | 'INTERNAL' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED'
    }
  }
  '/apps/{name}/terminals/{id}': {
    delete: {
      path: { name: string; id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'TERMINAL_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'RUN_HAS_ENDED' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'TERMINALS_TOO_MANY' | 'INTERNAL' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED'
    }
  }
  '/addons/{addon}/terminals/{id}/output': {
    get: {
      path: { addon: string; id: string }
      query: { after?: number }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'TERMINAL_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'RELEASE_SOURCE_GONE' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/addons/{addon}/terminals/{id}/input': {
    post: {
      path: { addon: string; id: string }
      body: TerminalInput
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'TERMINAL_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'RUN_HAS_ENDED' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'TERMINALS_TOO_MANY' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/addons/{addon}/terminals/{id}': {
    delete: {
      path: { addon: string; id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'TERMINAL_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'PORT_TAKEN' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'ADDON_NOT_RUNNING' | 'RUN_HAS_ENDED' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'ADDON_NAME_TAKEN' | 'ADDON_BUSY' | 'ADDON_ATTACHED' | 'ADDON_VARIABLE_TAKEN' | 'ADDON_IN_TRASH' | 'ADDON_PURGING' | 'ENV_KEY_OF_ADDON' | 'VOLUME_NOT_EMPTY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'CONFIRMATION_WRONG' | 'ENV_KEY_INVALID' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'VOLUME_EXCLUSIVE' | 'ADDON_KIND_UNKNOWN' | 'ADDON_VERSION_UNKNOWN' | 'ADDON_MEMORY_TOO_SMALL' | 'ADDONS_TOO_MANY' | 'ADDON_NO_CONSOLE' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'TERMINALS_TOO_MANY' | 'INTERNAL' | 'VOLUME_DATA_MISSING' | 'ADDON_START_FAILED' | 'ADDON_COMMAND_FAILED' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED' | 'IMAGE_PREPARE_FAILED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/catalog/channels': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<ChannelKindInfo>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
  }
  '/channels': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Channel>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
    post: {
      body: AddChannelInput
      reply: Channel
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CHANNELS_FULL' | 'CHANNEL_BUSY' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'CHANNEL_KIND_UNKNOWN' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
  }
  '/channels/{id}': {
    get: {
      path: { id: string }
      reply: Channel
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
    patch: {
      path: { id: string }
      body: ChangeChannel
      reply: Channel
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CHANNELS_FULL' | 'CHANNEL_BUSY' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'CHANNEL_KIND_UNKNOWN' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CHANNELS_FULL' | 'CHANNEL_BUSY' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'CHANNEL_KIND_UNKNOWN' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
  }
  '/channels/{id}/test': {
    post: {
      path: { id: string }
      reply: ChannelAnswer
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CHANNELS_FULL' | 'CHANNEL_BUSY' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'CHANNEL_KIND_UNKNOWN' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
  }
  '/channels/{id}/deliveries': {
    get: {
      path: { id: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<ChannelDelivery>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
  }
  '/alerts': {
    get: {
      query: { cursor?: string; limit?: number; state?: ("firing" | "resolved"); app?: string; rule?: string }
      reply: { items: Array<{ id: string; rule: string; severity: ("info" | "warning" | "critical"); state: ("firing" | "resolved"); subject: AlertSubject; app: (string | null); title: string; detail: string; value: (number | null); limit: (number | null); isDataMissing: boolean; since: string; resolvedAt: (string | null); before: (AlertBefore | null); link: string; acknowledgedBy: (string | null); silencedUntil: (string | null); becauseOf: (string | null) }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/alert-summary': {
    get: {
      reply: AlertSummary
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/alerts/{id}': {
    get: {
      path: { id: string }
      reply: { id: string; rule: string; severity: ("info" | "warning" | "critical"); state: ("firing" | "resolved"); subject: AlertSubject; app: (string | null); title: string; detail: string; value: (number | null); limit: (number | null); isDataMissing: boolean; since: string; resolvedAt: (string | null); before: (AlertBefore | null); link: string; acknowledgedBy: (string | null); silencedUntil: (string | null); becauseOf: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/alerts/{id}/acknowledge': {
    post: {
      path: { id: string }
      reply: { id: string; rule: string; severity: ("info" | "warning" | "critical"); state: ("firing" | "resolved"); subject: AlertSubject; app: (string | null); title: string; detail: string; value: (number | null); limit: (number | null); isDataMissing: boolean; since: string; resolvedAt: (string | null); before: (AlertBefore | null); link: string; acknowledgedBy: (string | null); silencedUntil: (string | null); becauseOf: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ALERT_RULES_FULL' | 'ALERT_RULE_BUILT_IN' | 'SILENCES_FULL' | 'REQUEST_TOO_LARGE' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/alert-rules': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ id: string; name: string; isBuiltIn: boolean; words: string; severity: ("info" | "warning" | "critical"); isOn: boolean; condition: (AlertCondition | null); app: (string | null) }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      body: { name: string; severity?: ("info" | "warning" | "critical"); condition: AlertConditionInput; app?: (string | null) }
      reply: { id: string; name: string; isBuiltIn: boolean; words: string; severity: ("info" | "warning" | "critical"); isOn: boolean; condition: (AlertCondition | null); app: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ALERT_RULES_FULL' | 'ALERT_RULE_BUILT_IN' | 'SILENCES_FULL' | 'REQUEST_TOO_LARGE' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/alert-rules/{id}': {
    patch: {
      path: { id: string }
      body: ChangeAlertRule
      reply: { id: string; name: string; isBuiltIn: boolean; words: string; severity: ("info" | "warning" | "critical"); isOn: boolean; condition: (AlertCondition | null); app: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ALERT_RULES_FULL' | 'ALERT_RULE_BUILT_IN' | 'SILENCES_FULL' | 'REQUEST_TOO_LARGE' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ALERT_RULES_FULL' | 'ALERT_RULE_BUILT_IN' | 'SILENCES_FULL' | 'REQUEST_TOO_LARGE' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/silences': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Silence>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      body: AddSilenceInput
      reply: Silence
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ALERT_RULES_FULL' | 'ALERT_RULE_BUILT_IN' | 'SILENCES_FULL' | 'REQUEST_TOO_LARGE' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/silences/{id}': {
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ALERT_NOT_FOUND' | 'ALERT_RULE_NOT_FOUND' | 'SILENCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'ALERT_RULES_FULL' | 'ALERT_RULE_BUILT_IN' | 'SILENCES_FULL' | 'REQUEST_TOO_LARGE' | 'ALERT_CONDITION_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/log-drains': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<LogDrain>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
    post: {
      body: AddLogDrainInput
      reply: LogDrain
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CHANNELS_FULL' | 'CHANNEL_BUSY' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'CHANNEL_KIND_UNKNOWN' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
  }
  '/log-drains/{id}': {
    get: {
      path: { id: string }
      reply: LogDrain
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
    patch: {
      path: { id: string }
      body: ChangeLogDrain
      reply: LogDrain
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CHANNELS_FULL' | 'CHANNEL_BUSY' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'CHANNEL_KIND_UNKNOWN' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CHANNELS_FULL' | 'CHANNEL_BUSY' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'CHANNEL_KIND_UNKNOWN' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
  }
  '/log-drains/{id}/test': {
    post: {
      path: { id: string }
      reply: ChannelAnswer
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'CHANNEL_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CHANNELS_FULL' | 'CHANNEL_BUSY' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'CHANNEL_KIND_UNKNOWN' | 'CHANNEL_SETTINGS_INVALID' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'DRAIN_UNREACHABLE'
    }
  }
  '/source-networks': {
    get: {
      reply: SourceNetworks
      problems: 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
    put: {
      body: SourceNetworks
      reply: SourceNetworks
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'GIT_BUSY'
    }
  }
  '/source-authorities': {
    get: {
      reply: SourceAuthorities
      problems: 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
    put: {
      body: SetSourceAuthorities
      reply: SourceAuthorities
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'GIT_BUSY'
    }
  }
  '/git-accounts': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<GitAccount>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
    post: {
      body: ({ kind: "token"; hostKind: ("github" | "gitlab" | "gitea"); baseUrl: string; token: string } | { kind: "oauth"; hostKind: ("gitlab" | "gitea"); baseUrl: string; clientId: string; clientSecret: string } | { kind: "github-app"; baseUrl?: string; organization?: string })
      reply: { account: GitAccount; goTo: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'GIT_BUSY'
    }
  }
  '/git-accounts/{id}': {
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'GIT_BUSY'
    }
  }
  '/git-accounts/{id}/manifest': {
    get: {
      path: { id: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
  }
  '/git-accounts/callback': {
    get: {
      query: { state: string; code: string }
      reply: never
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
  }
  '/git-accounts/{id}/repositories': {
    get: {
      path: { id: string }
      query: { search?: string; cursor?: string; limit?: number }
      reply: { items: Array<HostRepository>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
  }
  '/git-accounts/{id}/branches': {
    get: {
      path: { id: string }
      query: { repository?: string; cursor?: string; limit?: number }
      reply: { items: Array<string>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
  }
  '/apps/{name}/sources/git/from-account': {
    post: {
      path: { name: string }
      body: ConnectRepository
      reply: { source: { follow: ({ kind: "branch"; name: string } | { kind: "tag"; pattern: string }); watchPaths: Array<string>; submodules: boolean; pollEveryMs: (number | null); postStatus: boolean; url: string; hostKind: ("github" | "gitlab" | "gitea" | "generic"); access: ("open" | "deploy-key" | "token"); username: (string | null); publicKey: (string | null); hostKey: (HostKey | null); rootDirectory: (string | null); commit: (Commit | null); fetchedAt: (string | null); nextPollAt: (string | null); problem: (string | null); statusProblem: (string | null); webhookUrl: string; webhookAt: (string | null) }; webhookSecret: (string | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/sftp': {
    get: {
      path: { name: string }
      reply: { source: ({ host: string; port: number; username: string; folder: string; access: ("key" | "password"); publicKey: (string | null); hostKey: (HostKey | null); ignore: Array<string>; pullEveryMs: (number | null); nextPullAt: (string | null); pulledAt: (string | null); problem: (string | null); summary: (PullSummary | null) } | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    put: {
      path: { name: string }
      body: ConnectRemoteInput
      reply: { host: string; port: number; username: string; folder: string; access: ("key" | "password"); publicKey: (string | null); hostKey: (HostKey | null); ignore: Array<string>; pullEveryMs: (number | null); nextPullAt: (string | null); pulledAt: (string | null); problem: (string | null); summary: (PullSummary | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
    delete: {
      path: { name: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/sftp/pull': {
    post: {
      path: { name: string }
      body: PullRemoteInput
      reply: { outcome: ("deployed" | "nothing" | "failed"); reason: string; deployment: (number | null); summary: (PullSummary | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/sftp/host-key': {
    delete: {
      path: { name: string }
      reply: { host: string; port: number; username: string; folder: string; access: ("key" | "password"); publicKey: (string | null); hostKey: (HostKey | null); ignore: Array<string>; pullEveryMs: (number | null); nextPullAt: (string | null); pulledAt: (string | null); problem: (string | null); summary: (PullSummary | null) }
      problems: 'REQUEST_INVALID' | 'GIT_SIGN_IN_EXPIRED' | 'WEBHOOK_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'WEBHOOK_SIGNATURE_WRONG' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'EXTERNAL_SOURCE_NOT_FOUND' | 'REMOTE_SOURCE_NOT_FOUND' | 'GIT_ACCOUNT_NOT_FOUND' | 'WEBHOOK_NOT_FOUND' | 'DELIVERY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'HOST_KEY_CHANGED' | 'REMOTE_FOLDER_CHANGING' | 'GIT_ACCOUNT_NOT_CONNECTED' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'HOST_REFUSED' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'REPOSITORY_URL_INVALID' | 'HOST_NOT_FOUND' | 'ADDRESS_REFUSED' | 'REPOSITORY_REFUSED' | 'REPOSITORY_REF_NOT_FOUND' | 'REMOTE_FOLDER_REFUSED' | 'GIT_HOST_REFUSED' | 'CERTIFICATE_UNREADABLE' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'GIT_BUSY' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/registries': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Registry>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'IMAGE_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'REGISTRY_NOT_FOUND' | 'HOST_REFUSED' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'HOST_NOT_FOUND' | 'REGISTRY_HOST_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE'
    }
  }
  '/registries/{host}': {
    put: {
      path: { host: string }
      body: SaveRegistry
      reply: Registry
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IMAGE_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'REGISTRY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'HOST_NOT_FOUND' | 'REGISTRY_HOST_INVALID' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'IMAGE_PREPARE_FAILED'
    }
    delete: {
      path: { host: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IMAGE_NOT_FOUND' | 'IMAGE_SOURCE_NOT_FOUND' | 'REGISTRY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'HOST_KEY_CHANGED' | 'REQUEST_TOO_LARGE' | 'HOST_REFUSED' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'HOST_NOT_FOUND' | 'REGISTRY_HOST_INVALID' | 'IMAGE_PULL_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'HOST_UNREACHABLE' | 'IMAGE_PREPARE_FAILED'
    }
  }
  '/apps/{name}/processes': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ name: string; command: (string | null); scale: number; limits: ProcessLimits; ownLimits: OwnLimits; needsRestart: boolean; instances: Array<{ id: string; process: string; ordinal: number; release: number; node: string; state: ("starting" | "running" | "draining" | "crashed" | "crash-looping" | "stopped" | "asleep"); address: string; port: (number | null); restarts: number; exitCode: (number | null); memoryBytes: (number | null); cpuPercent: (number | null); startedAt: (string | null); limits: ProcessLimits; lastCrash: (Crash | null); nextTryAt: (string | null) }> }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
    patch: {
      path: { name: string }
      body: Record<string, number>
      reply: { id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'INSTANCE_NAME_TAKEN' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'INSTANCE_EXITED' | 'INSTANCE_BINDS_LOOPBACK' | 'NODE_MEMORY_EXCEEDED' | 'INSTANCE_START_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/crashes': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Crash>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/crashes/{number}': {
    get: {
      path: { name: string; number: number }
      reply: { number: number; at: string; process: string; ordinal: number; release: number; exitCode: (number | null); signal: (string | null); oomKilled: boolean; explanation: (string | null); memoryBytes: number; lines: Array<string>; instance: string; curve: { times: Array<number>; memory: Array<(number | null)>; cpu: Array<(number | null)> }; requestsInFlight: (number | null); healthyAt: (string | null); changes: Array<ChangeBefore> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/processes/{process}': {
    patch: {
      path: { name: string; process: string }
      body: ChangeProcess
      reply: { name: string; scale: number; limits: ProcessLimits; ownLimits: OwnLimits; needsRestart: boolean; deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'INSTANCE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'INSTANCE_NAME_TAKEN' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'INSTANCE_EXITED' | 'INSTANCE_BINDS_LOOPBACK' | 'NODE_MEMORY_EXCEEDED' | 'INSTANCE_START_FAILED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sleep': {
    get: {
      path: { name: string }
      reply: AppSleep
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
    post: {
      path: { name: string }
      reply: AppSleep
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/apps/{name}/wake': {
    post: {
      path: { name: string }
      reply: AppSleep
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'APP_STAYS_AWAKE' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/apps/{name}/routing': {
    get: {
      path: { name: string }
      reply: { paths: Array<PathRoute>; redirects: Array<Redirect>; allow: Array<string>; deny: Array<string>; maintenance: Maintenance; responseHeaders: Array<ResponseHeader>; hsts: (Hsts | null); httpsRedirect: ("auto" | "always" | "never"); compression: ("off" | "safe" | "all"); rateLimit: (RateLimit | null); concurrentRequests: (number | null); maxBodyBytes: number; responseTimeoutMs: (number | null); idleTimeoutMs: (number | null); stickySessions: boolean; keepAssets: boolean; basicAuthUsers: Array<string>; hosts: Array<string>; waitForRestart: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'ROUTE_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'BASIC_AUTH_USER_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
    patch: {
      path: { name: string }
      body: { paths?: Array<PathRouteInput>; redirects?: Array<RedirectInput>; allow?: Array<string>; deny?: Array<string>; maintenance?: { on?: boolean; html?: (string | null); allow?: Array<string>; retryAfterS?: number }; responseHeaders?: Array<ResponseHeader>; hsts?: (HstsInput | null); httpsRedirect?: ("auto" | "always" | "never"); compression?: ("off" | "safe" | "all"); rateLimit?: (RateLimit | null); concurrentRequests?: (number | null); maxBodyBytes?: number; responseTimeoutMs?: (number | null); idleTimeoutMs?: (number | null); stickySessions?: boolean; keepAssets?: boolean }
      reply: { paths: Array<PathRoute>; redirects: Array<Redirect>; allow: Array<string>; deny: Array<string>; maintenance: Maintenance; responseHeaders: Array<ResponseHeader>; hsts: (Hsts | null); httpsRedirect: ("auto" | "always" | "never"); compression: ("off" | "safe" | "all"); rateLimit: (RateLimit | null); concurrentRequests: (number | null); maxBodyBytes: number; responseTimeoutMs: (number | null); idleTimeoutMs: (number | null); stickySessions: boolean; keepAssets: boolean; basicAuthUsers: Array<string>; hosts: Array<string>; waitForRestart: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ROUTE_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'BASIC_AUTH_USER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'ROUTE_PATH_TAKEN' | 'ROUTE_REDIRECT_LOOP' | 'BASIC_AUTH_USERS_TOO_MANY' | 'RATE_LIMITED' | 'INTERNAL' | 'ROUTE_SWITCH_FAILED'
    }
  }
  '/apps/{name}/basic-auth-users/{user}': {
    put: {
      path: { name: string; user: string }
      body: SetBasicAuthUser
      reply: { paths: Array<PathRoute>; redirects: Array<Redirect>; allow: Array<string>; deny: Array<string>; maintenance: Maintenance; responseHeaders: Array<ResponseHeader>; hsts: (Hsts | null); httpsRedirect: ("auto" | "always" | "never"); compression: ("off" | "safe" | "all"); rateLimit: (RateLimit | null); concurrentRequests: (number | null); maxBodyBytes: number; responseTimeoutMs: (number | null); idleTimeoutMs: (number | null); stickySessions: boolean; keepAssets: boolean; basicAuthUsers: Array<string>; hosts: Array<string>; waitForRestart: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ROUTE_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'BASIC_AUTH_USER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'ROUTE_PATH_TAKEN' | 'ROUTE_REDIRECT_LOOP' | 'BASIC_AUTH_USERS_TOO_MANY' | 'RATE_LIMITED' | 'INTERNAL' | 'ROUTE_SWITCH_FAILED'
    }
    delete: {
      path: { name: string; user: string }
      reply: { paths: Array<PathRoute>; redirects: Array<Redirect>; allow: Array<string>; deny: Array<string>; maintenance: Maintenance; responseHeaders: Array<ResponseHeader>; hsts: (Hsts | null); httpsRedirect: ("auto" | "always" | "never"); compression: ("off" | "safe" | "all"); rateLimit: (RateLimit | null); concurrentRequests: (number | null); maxBodyBytes: number; responseTimeoutMs: (number | null); idleTimeoutMs: (number | null); stickySessions: boolean; keepAssets: boolean; basicAuthUsers: Array<string>; hosts: Array<string>; waitForRestart: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'ROUTE_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'BASIC_AUTH_USER_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'ROUTE_PATH_TAKEN' | 'ROUTE_REDIRECT_LOOP' | 'BASIC_AUTH_USERS_TOO_MANY' | 'RATE_LIMITED' | 'INTERNAL' | 'ROUTE_SWITCH_FAILED'
    }
  }
  '/apps/{name}/ports': {
    get: {
      path: { name: string }
      reply: { ports: Array<AppPort>; allowed: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'FIREWALL_NOT_PENDING' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
    post: {
      path: { name: string }
      body: CreateAppPortInput
      reply: AppPort
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/apps/{name}/ports/{port}': {
    patch: {
      path: { name: string; port: string }
      body: ChangeAppPort
      reply: AppPort
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
    delete: {
      path: { name: string; port: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/port-policy': {
    get: {
      reply: PortPolicy
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    put: {
      body: PortPolicy
      reply: PortPolicy
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/ssh': {
    get: {
      reply: { host: string; port: number; hostKeys: Array<SshHostKey>; connections: { open: number; git: number; console: number; sftp: number } }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/ssh-keys': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<SshKey>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'USER_NOT_FOUND' | 'SSH_KEY_NOT_FOUND' | 'SSH_KEY_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      body: AddSshKey
      reply: SshKey
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'USER_NOT_FOUND' | 'SSH_KEY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'SSH_KEY_TAKEN' | 'SSH_KEYS_FULL' | 'REQUEST_TOO_LARGE' | 'SSH_KEY_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/ssh-keys/{id}': {
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'USER_NOT_FOUND' | 'SSH_KEY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'SSH_KEY_TAKEN' | 'SSH_KEYS_FULL' | 'REQUEST_TOO_LARGE' | 'SSH_KEY_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/deploy-keys': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<DeployKey>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'USER_NOT_FOUND' | 'SSH_KEY_NOT_FOUND' | 'SSH_KEY_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      path: { name: string }
      body: AddDeployKeyInput
      reply: DeployKey
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'USER_NOT_FOUND' | 'SSH_KEY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'SSH_KEY_TAKEN' | 'SSH_KEYS_FULL' | 'REQUEST_TOO_LARGE' | 'SSH_KEY_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/deploy-keys/{id}': {
    delete: {
      path: { name: string; id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'USER_NOT_FOUND' | 'SSH_KEY_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'SSH_KEY_TAKEN' | 'SSH_KEYS_FULL' | 'REQUEST_TOO_LARGE' | 'SSH_KEY_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/sources/uploads': {
    get: {
      path: { name: string }
      reply: { publishOnIdle: boolean; plainFtp: boolean; passwordChangedAt: (string | null); openTransfers: number; incomplete: Array<string>; clients: Array<UploadClient>; changedAt: (string | null); problem: (string | null); usedBytes: number; usedEntries: number; maxBytes: number; maxEntries: number; sftp: ({ host: string; port: number; user: string } | null); ftps: ({ host: string; port: number; user: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
    patch: {
      path: { name: string }
      body: ChangeUploads
      reply: { publishOnIdle: boolean; plainFtp: boolean; passwordChangedAt: (string | null); openTransfers: number; incomplete: Array<string>; clients: Array<UploadClient>; changedAt: (string | null); problem: (string | null); usedBytes: number; usedEntries: number; maxBytes: number; maxEntries: number; sftp: ({ host: string; port: number; user: string } | null); ftps: ({ host: string; port: number; user: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'BUILD_CANCELLED' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'ARCHIVE_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'BUILD_FAILED' | 'BUILD_OUT_OF_MEMORY' | 'BUILD_TIMED_OUT' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'BUILD_ENDED_FOR_APPS' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/uploads/password': {
    post: {
      path: { name: string }
      reply: UploadPassword
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'APP_NOT_FOUND' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'BUILD_CANCELLED' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'ARCHIVE_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'BUILD_FAILED' | 'BUILD_OUT_OF_MEMORY' | 'BUILD_TIMED_OUT' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'BUILD_ENDED_FOR_APPS' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
    delete: {
      path: { name: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'SIGN_IN_FAILED' | 'SIGN_IN_LINK_INVALID' | 'SECOND_STEP_NEEDED' | 'SECOND_STEP_FAILED' | 'SECOND_STEP_ENDED' | 'PASSKEY_WRONG' | 'SIGN_IN_TRIP_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'SECOND_FACTOR_REQUIRED' | 'IDENTITY_UNKNOWN' | 'APP_NOT_FOUND' | 'SECOND_FACTOR_NOT_FOUND' | 'PASSKEY_NOT_FOUND' | 'IDENTITY_PROVIDER_NOT_FOUND' | 'IDENTITY_NOT_FOUND' | 'SESSION_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PASSKEYS_UNAVAILABLE' | 'PASSKEYS_FULL' | 'IDENTITY_PROVIDERS_FULL' | 'IDENTITY_TAKEN' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'BUILD_CANCELLED' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'ARCHIVE_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'PROOF_WRONG' | 'PASSKEY_REFUSED' | 'IDENTITY_PROVIDER_FAILED' | 'CODE_WRONG' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'BUILD_FAILED' | 'BUILD_OUT_OF_MEMORY' | 'BUILD_TIMED_OUT' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'BUILD_ENDED_FOR_APPS' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/difference': {
    get: {
      path: { name: string }
      reply: { release: (number | null); added: number; changed: number; removed: number; addedBytes: number; removedBytes: number; changes: Array<TreeChange> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/apps/{name}/sources/publish': {
    post: {
      path: { name: string }
      body: (PublishInput | null) | undefined
      reply: { id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/discard': {
    post: {
      path: { name: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/files': {
    get: {
      path: { name: string }
      query: { path?: string }
      reply: { path: string; files: Array<UploadedFile>; more: boolean }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
    delete: {
      path: { name: string }
      query: { path?: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'BUILD_CANCELLED' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'ARCHIVE_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'BUILD_FAILED' | 'BUILD_OUT_OF_MEMORY' | 'BUILD_TIMED_OUT' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'BUILD_ENDED_FOR_APPS' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/files/directories': {
    post: {
      path: { name: string }
      body: { path: string }
      reply: { path: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'BUILD_CANCELLED' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'ARCHIVE_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'BUILD_FAILED' | 'BUILD_OUT_OF_MEMORY' | 'BUILD_TIMED_OUT' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'BUILD_ENDED_FOR_APPS' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/files/rename': {
    post: {
      path: { name: string }
      body: { from: string; to: string }
      reply: { path: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'BUILD_CANCELLED' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'ARCHIVE_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'BUILD_FAILED' | 'BUILD_OUT_OF_MEMORY' | 'BUILD_TIMED_OUT' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'BUILD_ENDED_FOR_APPS' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/archive': {
    put: {
      path: { name: string }
      query: { publish?: ("true" | "false") }
      reply: { format: ("tar" | "tar.gz" | "tar.zst" | "zip"); entries: number; sizeBytes: number; strippedDirectory: (string | null); deployment: ({ id: string; app: string; number: number; state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); trigger: ("push" | "upload" | "image" | "roll-back" | "restart" | "env" | "scale" | "start" | "redeploy"); actor: string; commit: (Commit | null); release: (number | null); previousRelease: (number | null); reason: (string | null); hint: (string | null); phases: Array<{ state: ("queued" | "building" | "releasing" | "starting" | "checking" | "switching" | "watching" | "live" | "superseded" | "reverted" | "failed" | "cancelled"); at: string }>; createdAt: string; changedAt: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'BUILD_CANCELLED' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'ARCHIVE_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'BUILD_FAILED' | 'BUILD_OUT_OF_MEMORY' | 'BUILD_TIMED_OUT' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'BUILD_ENDED_FOR_APPS' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/sources/files/content': {
    get: {
      path: { name: string }
      query: { path?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'RELEASE_SOURCE_GONE' | 'SOURCE_TOO_LARGE' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END'
    }
    put: {
      path: { name: string }
      query: { path?: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'UPLOAD_FILE_NOT_FOUND' | 'UPLOAD_TOO_SLOW' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'BUILD_NOT_GENERATED' | 'BUILD_CANCELLED' | 'UPLOAD_CHANGED' | 'UPLOAD_UNCHANGED' | 'UPLOAD_INCOMPLETE' | 'UPLOAD_BUSY' | 'RELEASE_SOURCE_GONE' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'ARCHIVE_TOO_LARGE' | 'UPLOAD_QUOTA_EXCEEDED' | 'PASSWORD_TOO_WEAK' | 'PASSWORD_WRONG' | 'STACK_NOT_DETECTED' | 'BUILD_SETTINGS_INVALID' | 'SOURCE_UNSAFE' | 'BUILD_FAILED' | 'BUILD_OUT_OF_MEMORY' | 'BUILD_TIMED_OUT' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'ARCHIVE_REFUSED' | 'UPLOAD_NAMES_INVALID' | 'UPLOAD_FILE_REFUSED' | 'RATE_LIMITED' | 'UPLOAD_SESSIONS_FULL' | 'INTERNAL' | 'DEPLOYMENT_DOES_NOT_END' | 'BUILD_ENDED_FOR_APPS' | 'NODE_MEMORY_LOW' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/runs': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Run>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
    post: {
      path: { name: string }
      body: CreateRunInput
      reply: Run
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RUN_HAS_ENDED' | 'JOB_NAME_TAKEN' | 'JOB_OF_SOURCE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED'
    }
  }
  '/apps/{name}/runs/{number}': {
    get: {
      path: { name: string; number: number }
      reply: Run
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/apps/{name}/runs/{number}/stop': {
    post: {
      path: { name: string; number: number }
      reply: Run
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RUN_HAS_ENDED' | 'JOB_NAME_TAKEN' | 'JOB_OF_SOURCE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'SOURCE_TOO_LARGE' | 'SOURCE_UNSAFE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/apps/{name}/runs/{number}/log': {
    get: {
      path: { name: string; number: number }
      query: { after?: number; cursor?: string; limit?: number }
      reply: { items: Array<DeploymentLogLine>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/apps/{name}/runs/{number}/log/stream': {
    get: {
      path: { name: string; number: number }
      query: { after?: number }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/apps/{name}/jobs': {
    get: {
      path: { name: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ id: string; name: string; origin: ("user" | "source"); schedule: string; timeZone: string; command: string; overlap: ("skip" | "allow" | "replace"); timeoutMs: number; memoryBytes: (number | null); runLate: boolean; enabled: boolean; nextRunAt: (string | null); running: number; lastRun: (Run | null); createdAt: string }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
    post: {
      path: { name: string }
      body: CreateJobInput
      reply: { id: string; name: string; origin: ("user" | "source"); schedule: string; timeZone: string; command: string; overlap: ("skip" | "allow" | "replace"); timeoutMs: number; memoryBytes: (number | null); runLate: boolean; enabled: boolean; nextRunAt: (string | null); running: number; lastRun: (Run | null); createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RUN_HAS_ENDED' | 'JOB_NAME_TAKEN' | 'JOB_OF_SOURCE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'INTERNAL' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED'
    }
  }
  '/apps/{name}/jobs/{job}': {
    get: {
      path: { name: string; job: string }
      reply: { id: string; name: string; origin: ("user" | "source"); schedule: string; timeZone: string; command: string; overlap: ("skip" | "allow" | "replace"); timeoutMs: number; memoryBytes: (number | null); runLate: boolean; enabled: boolean; nextRunAt: (string | null); running: number; lastRun: (Run | null); createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
    patch: {
      path: { name: string; job: string }
      body: ChangeJob
      reply: { id: string; name: string; origin: ("user" | "source"); schedule: string; timeZone: string; command: string; overlap: ("skip" | "allow" | "replace"); timeoutMs: number; memoryBytes: (number | null); runLate: boolean; enabled: boolean; nextRunAt: (string | null); running: number; lastRun: (Run | null); createdAt: string }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RUN_HAS_ENDED' | 'JOB_NAME_TAKEN' | 'JOB_OF_SOURCE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'INTERNAL' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED'
    }
    delete: {
      path: { name: string; job: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RUN_HAS_ENDED' | 'JOB_NAME_TAKEN' | 'JOB_OF_SOURCE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'INTERNAL' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED'
    }
  }
  '/apps/{name}/jobs/{job}/run': {
    post: {
      path: { name: string; job: string }
      reply: Run
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RUN_HAS_ENDED' | 'JOB_NAME_TAKEN' | 'JOB_OF_SOURCE' | 'RELEASE_SOURCE_GONE' | 'REQUEST_TOO_LARGE' | 'RELEASE_COMMAND_FAILED' | 'NODE_MEMORY_EXCEEDED' | 'RUN_TIMED_OUT' | 'RUN_IDLE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'RUNS_TOO_MANY' | 'INTERNAL' | 'NODE_MEMORY_LOW' | 'RUN_INTERRUPTED'
    }
  }
  '/apps/{name}/jobs/{job}/runs': {
    get: {
      path: { name: string; job: string }
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Run>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'PROCESS_NOT_FOUND' | 'RELEASE_NOT_FOUND' | 'RELEASE_FILE_NOT_FOUND' | 'RUN_NOT_FOUND' | 'JOB_NOT_FOUND' | 'APP_NOT_DEPLOYED' | 'RELEASE_ENV_GONE' | 'RELEASE_IMAGE_GONE' | 'RELEASE_SOURCE_GONE' | 'JOB_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/apps/{name}/logs': {
    get: {
      path: { name: string }
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; limit?: number }
      reply: { items: Array<FoundLine>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/logs/search': {
    get: {
      path: { name: string }
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; cursor?: string; limit?: number }
      reply: { items: Array<FoundLine>; nextCursor: (string | null); scannedBytes: number; tookMs: number }
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/logs/download': {
    get: {
      path: { name: string }
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; format?: ("text" | "ndjson"); gzip?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/logs/settings': {
    get: {
      path: { name: string }
      reply: LogSettingsView
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
    patch: {
      path: { name: string }
      body: ChangeLogSettings
      reply: LogSettingsView
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'LOG_UNAVAILABLE' | 'LOG_DRAINS_FULL' | 'REQUEST_TOO_LARGE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'LOG_SEARCH_BUSY'
    }
  }
  '/apps/{name}/logs/stream': {
    get: {
      path: { name: string }
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; limit?: number; after?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'LOG_DRAIN_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/platform/logs': {
    get: {
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; limit?: number }
      reply: { items: Array<FoundLine>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'LOG_DRAIN_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/platform/logs/search': {
    get: {
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; cursor?: string; limit?: number }
      reply: { items: Array<FoundLine>; nextCursor: (string | null); scannedBytes: number; tookMs: number }
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'LOG_DRAIN_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/platform/logs/download': {
    get: {
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; format?: ("text" | "ndjson"); gzip?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'LOG_DRAIN_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/platform/logs/stream': {
    get: {
      query: { text?: string; regex?: string; level?: ("debug" | "info" | "warning" | "error"); source?: string; stream?: ("stdout" | "stderr" | "platform"); release?: number; from?: string; to?: string; fields?: string; limit?: number; after?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'LOG_FILTER_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'LOG_DRAIN_NOT_FOUND' | 'LOG_UNAVAILABLE' | 'LOG_DRAIN_INVALID' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/apps/{name}/traffic': {
    get: {
      path: { name: string }
      query: { minutes?: number }
      reply: { minutes: number; sums: TrafficSums; webSocketsOpen: number; points: Array<{ requests: number; ok: number; redirected: number; clientErrors: number; serverErrors: number; gone: number; bytesIn: number; bytesOut: number; p50Ms: (number | null); p95Ms: (number | null); p99Ms: (number | null); at: string; webSocketsOpen: number }>; byRelease: Array<{ requests: number; ok: number; redirected: number; clientErrors: number; serverErrors: number; gone: number; bytesIn: number; bytesOut: number; p50Ms: (number | null); p95Ms: (number | null); p99Ms: (number | null); webSocketsOpen: number; release: (number | null) }>; byRoute: Array<{ requests: number; ok: number; redirected: number; clientErrors: number; serverErrors: number; gone: number; bytesIn: number; bytesOut: number; p50Ms: (number | null); p95Ms: (number | null); p99Ms: (number | null); webSocketsOpen: number; host: string; pathPrefix: string }> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/access-log': {
    get: {
      path: { name: string }
      query: { status?: string; method?: string; path?: string; client?: string; checks?: ("none" | "only"); limit?: number }
      reply: { items: Array<AccessLine>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/access-log/download': {
    get: {
      path: { name: string }
      query: { status?: string; method?: string; path?: string; client?: string; checks?: ("none" | "only") }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/access-log/stream': {
    get: {
      path: { name: string }
      query: { status?: string; method?: string; path?: string; client?: string; checks?: ("none" | "only"); limit?: number }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/apps/{name}/metrics': {
    get: {
      path: { name: string }
      query: { from?: string; to?: string; points?: number; metrics?: string; by?: ("app" | "instance" | "release" | "route") }
      reply: { from: string; to: string; stepMs: number; times: Array<number>; series: Array<MetricSeries>; marks: Array<MetricMark> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/addons/{addon}/metrics': {
    get: {
      path: { addon: string }
      reply: { from: string; to: string; stepMs: number; times: Array<number>; series: Array<MetricSeries>; marks: Array<MetricMark> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'ENV_KEY_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'VOLUME_NOT_FOUND' | 'ADDON_NOT_FOUND' | 'ADDON_NOT_ATTACHED' | 'IMAGE_SOURCE_NOT_FOUND' | 'DEPLOYMENT_MOVE_INVALID' | 'DEPLOYMENT_NOT_CANCELLABLE' | 'ADDON_NOT_RUNNING' | 'VOLUME_NOT_EMPTY' | 'ENV_KEY_INVALID' | 'ADDON_EXCEPTION_INVALID' | 'IMAGE_REFERENCE_INVALID' | 'IMAGE_REFERENCE_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DEPLOYMENT_DOES_NOT_END'
    }
  }
  '/nodes/{node}/metrics': {
    get: {
      path: { node: string }
      reply: { from: string; to: string; stepMs: number; times: Array<number>; series: Array<MetricSeries>; marks: Array<MetricMark> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/uptime-checks/{id}/metrics': {
    get: {
      path: { id: string }
      reply: { from: string; to: string; stepMs: number; times: Array<number>; series: Array<MetricSeries>; marks: Array<MetricMark> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/platform/metrics': {
    get: {
      reply: { from: string; to: string; stepMs: number; times: Array<number>; series: Array<MetricSeries>; marks: Array<MetricMark> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/metrics': {
    get: {
      reply: string
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/events': {
    get: {
      reply: string
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/nodes': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Node>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/disk-use': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ app: string; allowanceBytes: (number | null); use: (DiskUse | null) }>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/apps/{name}/disk': {
    get: {
      path: { name: string }
      reply: { app: string; allowanceBytes: (number | null); use: (DiskUse | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'APP_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
    patch: {
      path: { name: string }
      body: ChangeAppDisk
      reply: { app: string; allowanceBytes: (number | null); use: (DiskUse | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'APP_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/disk': {
    get: {
      reply: { measuredAt: string; disks: Array<{ holds: ("data" | "images"); bytes: number; availableBytes: number; oursBytes: number; othersBytes: number; deploymentFloorBytes: number; days: Array<{ day: string; usedBytes: number }>; forecast: DiskForecast }>; lines: Array<LedgerLine>; othersImageBytes: number; othersCacheBytes: number; missing: Array<string> }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/disk/clean-up': {
    get: {
      reply: { id: string; removals: Array<CleanUpItem>; freedBytes: number; more: number; kept: Array<string> }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
    post: {
      body: RunCleanUp
      reply: CleanUpResult
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CLEAN_UP_PLAN_CHANGED' | 'CLEAN_UP_RUNNING' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'DISK_LOW' | 'DISK_FULL'
    }
  }
  '/trash': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<TrashItem>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/destroyed-apps/{id}': {
    delete: {
      path: { id: string }
      body: ConfirmAddon
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_IN_TRASH' | 'VOLUME_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'APP_NAME_TAKEN' | 'VOLUME_NAME_TAKEN' | 'VOLUME_PATH_TAKEN' | 'VOLUME_IN_USE' | 'VOLUME_IN_TRASH' | 'VOLUME_PURGING' | 'VOLUME_NOT_EMPTY' | 'REQUEST_TOO_LARGE' | 'VOLUME_EXCLUSIVE' | 'RATE_LIMITED' | 'INTERNAL' | 'VOLUME_DATA_MISSING'
    }
  }
  '/exposure': {
    get: {
      reply: { at: string; mode: ("observe" | "isolate" | "enforce"); problem: (string | null); addresses: Array<string>; hasPublicAddress: boolean; others: Array<string>; ports: Array<{ protocol: ("tcp" | "udp"); port: number; addresses: Array<string>; by: PortHolder; reach: ("world" | "some" | "machine" | "closed"); to: Array<string>; because: string; tested: (TestedPort | null); warning: ({ level: ("warn" | "bad"); message: string; hint: string; canFence: boolean } | null) }>; leftOff: number; testedAt: (string | null); testIsStale: boolean }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'EXPOSURE_NOT_FOUND' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'EXPOSURE_TEST_UNAVAILABLE'
    }
  }
  '/exposure/test': {
    post: {
      reply: { at: string; mode: ("observe" | "isolate" | "enforce"); problem: (string | null); addresses: Array<string>; hasPublicAddress: boolean; others: Array<string>; ports: Array<{ protocol: ("tcp" | "udp"); port: number; addresses: Array<string>; by: PortHolder; reach: ("world" | "some" | "machine" | "closed"); to: Array<string>; because: string; tested: (TestedPort | null); warning: ({ level: ("warn" | "bad"); message: string; hint: string; canFence: boolean } | null) }>; leftOff: number; testedAt: (string | null); testIsStale: boolean }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'EXPOSURE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'EXPOSURE_NEEDED' | 'EXPOSURE_FENCED' | 'EXPOSURE_TEST_RUNNING' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'EXPOSURE_TEST_UNAVAILABLE'
    }
  }
  '/exposure/fence': {
    post: {
      body: FencePort
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'EXPOSURE_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'EXPOSURE_NEEDED' | 'EXPOSURE_FENCED' | 'EXPOSURE_TEST_RUNNING' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'EXPOSURE_TEST_UNAVAILABLE'
    }
  }
  '/host-care': {
    get: {
      reply: { at: string; findings: Array<HostFinding> }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/trusted-proxies': {
    get: {
      reply: ShownTrustedProxies
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    put: {
      body: TrustedProxiesInput
      reply: ShownTrustedProxies
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'REQUEST_TOO_LARGE' | 'TRUSTED_PROXY_TOO_WIDE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/config': {
    get: {
      query: { app?: string }
      reply: string
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'CONFIG_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/config/plan': {
    post: {
      body: PlanConfigInput
      reply: { digest: string; changes: Array<{ action: ("create" | "change" | "remove"); app: (string | null); section: string; name: (string | null); fields: Array<ConfigFieldChange> }>; notes: Array<string>; problems: Array<ConfigProblem> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CONFIG_PLAN_OUTDATED' | 'CONFIG_BUSY' | 'CONFIG_STOPPED' | 'REQUEST_TOO_LARGE' | 'CONFIG_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/config/apply': {
    post: {
      body: ApplyConfigInput
      reply: { changes: Array<{ action: ("create" | "change" | "remove"); app: (string | null); section: string; name: (string | null); fields: Array<ConfigFieldChange> }>; notes: Array<string>; deployments: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'APP_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'CONFIG_PLAN_OUTDATED' | 'CONFIG_BUSY' | 'CONFIG_STOPPED' | 'REQUEST_TOO_LARGE' | 'CONFIG_INVALID' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/base-domain': {
    get: {
      reply: { name: string; dashboardUrl: string; appUrlPattern: string; isTrusted: boolean; isMoving: boolean; isWildcardWanted: boolean; former: Array<FormerDomain>; undo: ({ to: string; until: string } | null) }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    put: {
      body: MoveBaseDomainInput
      reply: { name: string; dashboardUrl: string; appUrlPattern: string; isTrusted: boolean; isMoving: boolean; isWildcardWanted: boolean; former: Array<FormerDomain>; undo: ({ to: string; until: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BASE_DOMAIN_ELSEWHERE' | 'BASE_DOMAIN_TAKEN' | 'BASE_DOMAIN_SAME' | 'BASE_DOMAIN_BUSY' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/base-domain/check': {
    post: {
      body: CheckBaseDomain
      reply: { name: string; leadsHere: boolean; summary: string; findings: Array<DomainFinding>; records: Array<DnsRecord>; consequences: Array<string> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/base-domain/undo': {
    post: {
      reply: { name: string; dashboardUrl: string; appUrlPattern: string; isTrusted: boolean; isMoving: boolean; isWildcardWanted: boolean; former: Array<FormerDomain>; undo: ({ to: string; until: string } | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'BASE_DOMAIN_BUSY' | 'BASE_DOMAIN_NO_UNDO' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/first-run': {
    get: {
      reply: { steps: Array<FirstStep>; isComplete: boolean; isDismissed: boolean }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL'
    }
    patch: {
      body: ChangeFirstRun
      reply: { steps: Array<FirstStep>; isComplete: boolean; isDismissed: boolean }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL'
    }
  }
  '/stack-images': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<{ stack: ("node" | "php" | "python" | "java" | "go" | "static" | "dotnet"); version: string; title: string; isDefault: boolean; needsRegistry: boolean; prepared: ({ suite: string; preparedAt: string; sizeBytes: number; buildSizeBytes: number; origin: ("distribution" | "registry"); digest: (string | null); isOutdated: boolean } | null) }>; nextCursor: (string | null); bases: Array<{ suite: ("trixie" | "bookworm" | "bullseye"); preparedAt: string; sizeBytes: number; origin: ("distribution" | "registry"); digest: (string | null) }>; updates: { runningSince: (string | null); last: (StackImageRound | null) } }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/stack-images/refresh': {
    post: {
      reply: { runningSince: (string | null); last: (StackImageRound | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'REQUEST_TOO_LARGE' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE'
    }
  }
  '/firewall': {
    get: {
      reply: { mode: ("observe" | "isolate" | "enforce"); meaning: string; pending: (FirewallChange | null); lastChange: (FirewallChange | null); ruleCount: number; sets: Array<FirewallSet>; allowList: Array<string>; keepOpen: Array<FencePort>; maxConnectionsPerSource: number; wouldDrop: Array<{ protocol: ("tcp" | "udp"); port: number; packets: number; lastSources: Array<string> }>; others: Array<string>; webPorts: Array<number>; problem: (string | null); yourAddress: (string | null); isNewConnection: boolean }
      problems: 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'FIREWALL_NOT_PENDING' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/rules': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<CountedRule>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'FIREWALL_NOT_PENDING' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
    put: {
      body: { rules: Array<ListedRuleInput> }
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
    post: {
      body: { action: ("allow" | "deny" | "limit" | "log"); protocol?: ("tcp" | "udp" | "icmp" | "any"); ports?: Array<string>; sources?: Array<string>; comment?: string; expiresAt?: (string | null); ratePerMinute?: (number | null); at?: number }
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/rules/{id}': {
    patch: {
      path: { id: string }
      body: ChangeFirewallRule
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
    delete: {
      path: { id: string }
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'PRECONDITION_FAILED' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/sets/{set}': {
    put: {
      path: { set: string }
      body: { members: Array<string> }
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
    delete: {
      path: { set: string }
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/allow-list': {
    put: {
      body: { members: Array<string> }
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/preview': {
    post: {
      body: { mode?: ("observe" | "isolate" | "enforce"); rules?: Array<ListedRuleInput>; sets?: Array<FirewallSet>; allowList?: Array<string>; keepOpen?: Array<FencePort>; maxConnectionsPerSource?: number }
      reply: { mode: ("observe" | "isolate" | "enforce"); words: Array<string>; effects: Array<FirewallEffect>; warnings: Array<string>; needsConfirmation: boolean; keepOpen: Array<FencePort> }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/apply': {
    post: {
      body: { mode?: ("observe" | "isolate" | "enforce"); rules?: Array<ListedRuleInput>; sets?: Array<FirewallSet>; allowList?: Array<string>; keepOpen?: Array<FencePort>; maxConnectionsPerSource?: number }
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/confirm': {
    post: {
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/revert': {
    post: {
      reply: FirewallChange
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/changes': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<FirewallChange>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'FIREWALL_NOT_PENDING' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/bans': {
    get: {
      query: { cursor?: string; limit?: number }
      reply: { items: Array<Ban>; nextCursor: (string | null) }
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'FIREWALL_NOT_PENDING' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
    post: {
      body: NewBanInput
      reply: Ban
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/firewall/bans/{id}': {
    delete: {
      path: { id: string }
      reply: undefined
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PORT_NOT_ALLOWED' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
  '/apps/{name}/egress': {
    get: {
      path: { name: string }
      reply: AppEgress
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'FIREWALL_NOT_PENDING' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
    patch: {
      path: { name: string }
      body: ChangeAppEgress
      reply: AppEgress
      problems: 'REQUEST_INVALID' | 'NOT_SIGNED_IN' | 'TOKEN_INVALID' | 'PERMISSION_DENIED' | 'ORIGIN_REFUSED' | 'PROOF_REQUIRED' | 'PORT_NOT_ALLOWED' | 'APP_NOT_FOUND' | 'PORT_NOT_FOUND' | 'FIREWALL_RULE_NOT_FOUND' | 'FIREWALL_SET_NOT_FOUND' | 'BAN_NOT_FOUND' | 'IDEMPOTENCY_KEY_REUSED' | 'IDEMPOTENCY_KEY_BUSY' | 'PORT_TAKEN' | 'FIREWALL_CONFIRM_NEEDED' | 'FIREWALL_CHANGE_PENDING' | 'FIREWALL_CONNECTION_OLD' | 'FIREWALL_CUTS_OPERATOR' | 'FIREWALL_NOT_PENDING' | 'REQUEST_TOO_LARGE' | 'FIREWALL_REFUSED' | 'FIREWALL_RULE_INVALID' | 'BAN_REFUSED' | 'RATE_LIMITED' | 'INTERNAL' | 'AGENT_UNREACHABLE' | 'ENGINE_UNREACHABLE' | 'FIREWALL_UNAVAILABLE'
    }
  }
}
