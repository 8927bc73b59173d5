import { ERRORS, type ErrorCode } from '@vastrox/shared/errors.ts'
import type { ApiRoute } from '#http/api-route.ts'

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const CODES = Object.keys(ERRORS).filter((code): code is ErrorCode => Object.hasOwn(ERRORS, code))

/**
 * Which codes a noun may fail with, by the address; the first group names the address, the second
 * the codes. What every route may answer is worked out from what it declares.
 */
const OF_NOUNS: readonly (readonly [path: RegExp, codes: RegExp])[] = [
  [/^\/apps$/, /^(APP_NAME_|STARTER_NOT_FOUND|NODE_MEMORY_)/],
  [/^\/apps\/:name$/, /^(NODE_MEMORY_|CONFIRMATION_WRONG|APP_NAME_|BUILD_SETTINGS_INVALID)/],
  [/^\/destroyed-apps/, /^(APP_NOT_IN_TRASH|APP_NAME_TAKEN|VOLUME_)/],
  [/\/env/, /^(ENV_|DEPLOYMENT_|NODE_MEMORY_)/],
  [
    /\/(deployments|releases|processes|restart|start|stop|redeploy|sources|archive|rollback)/,
    /^(DEPLOYMENT_|RELEASE_|APP_NOT_DEPLOYED|PROCESS_NOT_FOUND|NODE_MEMORY_|DISK_|SOURCE_)/,
  ],
  [
    /\/(build-plan|build|dockerfile|stacks)/,
    /^(BUILD_|STACK_|RELEASE_|SOURCE_|START_COMMAND_|DOCKERFILE_)/,
  ],
  [/\/(runs|jobs)/, /^(RUN_|RUNS_|JOB_|APP_NOT_DEPLOYED|PROCESS_NOT_FOUND|RELEASE_|NODE_MEMORY_)/],
  [
    /\/terminals/,
    /^(TERMINAL|RUNS_|APP_NOT_DEPLOYED|INSTANCE_NOT_FOUND|ADDON|RELEASE_|NODE_MEMORY_|RUN_)/,
  ],
  [/\/logs/, /^LOG_/],
  [/\/processes|\/instances/, /^(INSTANCE_|PROCESS_)/],
  [/\/(sleep|wake)/, /^(APP_STAYS_AWAKE|APP_NOT_DEPLOYED|SLEEP_)/],
  [
    /\/(domains|certificate-states)/,
    /^(DOMAIN_|HOST_NOT_FOUND|CERTIFICATE_NOT_WANTED|APP_NOT_FOUND)/,
  ],
  [
    /\/(certificates|issuers|dns-providers)/,
    /^(CERTIFICATE_|ISSUER_|DNS_PROVIDER_|ADDRESS_REFUSED|HOST_)/,
  ],
  [/\/(routing|basic-auth-users)/, /^(ROUTE_|BASIC_AUTH_|PROCESS_NOT_FOUND|PROXY_)/],
  [/\/config(\/|$)/, /^(CONFIG_|APP_NOT_FOUND)/],
  [/\/base-domain$/, /^BASE_DOMAIN_(?!NO_UNDO)/],
  [/\/base-domain\/undo/, /^BASE_DOMAIN_(?:BUSY|NO_UNDO)/],
  [/\/trusted-proxies/, /^(TRUSTED_PROXY_)/],
  [/\/(firewall|egress|ports)/, /^(FIREWALL_|BAN_|PORT_)/],
  [/\/(volumes|destroyed-volumes)/, /^(VOLUME_|CONFIRMATION_WRONG|PROCESS_NOT_FOUND|DEPLOYMENT_)/],
  [/\/(disk|disk-use)/, /^(DISK_)/],
  [/\/disk\/clean-up/, /^(CLEAN_UP_)/],
  [
    /\/(addons|destroyed-addons)/,
    /^(ADDON|APP_NOT_FOUND|CONFIRMATION_WRONG|ENV_KEY_|IMAGE_|NODE_MEMORY_|PORT_|DISK_|VOLUME_|DEPLOYMENT_|RUN_TIMED_OUT)/,
  ],
  [
    /\/(drills?|restores?|import)$|\/(drills|restores)\//,
    /^(DRILL_|RESTORE_|IMPORT_|BACKUP_|DESTINATION_|ADDON|VOLUME_|APP_|CONFIRMATION_WRONG|DISK_|UPLOAD_)/,
  ],
  [/\/(destinations|backup-roots)/, /^(DESTINATION_|CONFIRMATION_WRONG|BACKUP_TOOL_MISSING)/],
  [/\/(backups|backup-schedules)/, /^(BACKUP_|DESTINATION_|CONFIRMATION_WRONG)/],
  [
    /\/sources\/(git|sftp)|\/git-accounts|\/source-(networks|authorities)|\/hooks\//,
    /^(REPOSITORY_|EXTERNAL_|HOST_|ADDRESS_REFUSED|REMOTE_|GIT_|WEBHOOK_|DELIVERY_|SOURCE_|CERTIFICATE_UNREADABLE)/,
  ],
  [/\/sources\/image|\/registries|\/image/, /^(IMAGE_|REGISTRY_|HOST_)/],
  [
    /\/sources\/(uploads|files|archive)|\/archive|\/uploads/,
    /^(UPLOAD_|ARCHIVE_|SOURCE_|BUILD_|STACK_|PASSWORD_)/,
  ],
  [/\/(alerts|alert-rules|silences)/, /^(ALERT_|SILENCE|APP_NOT_FOUND)/],
  [/\/outgoing-webhooks/, /^(OUTGOING_|ADDRESS_REFUSED)/],
  [/\/(channels|log-drains)/, /^(CHANNEL|LOG_DRAIN|DRAIN_UNREACHABLE|APP_NOT_FOUND)/],
  [/\/(tokens)/, /^(TOKEN_)/],
  [/\/(ssh-keys|deploy-keys)/, /^(SSH_KEY|USER_NOT_FOUND)/],
  [
    /\/(sign-in|session|password|passkeys|oidc|identity|account)/,
    /^(SIGN_IN_|SESSION_|PASSWORD_|PASSKEY|TOTP|OIDC|IDENTITY|CODE_|SECOND_|RECOVERY_|PROOF_)/,
  ],
  [/\/(users|teams|members|invitations|grants)/, /^(USER|TEAM|MEMBER|INVITATION|GRANT|PASSWORD_)/],
  [/\/(audit)/, /^(AUDIT_)/],
  [/\/(exposure)/, /^(EXPOSURE_)/],
]
/** What asks the node's agent, or through it the engine. */
const OF_NODE =
  /\/(deployments|firewall|egress|exposure|nodes|disk|disk-use|host-care|runs|instances|processes|volumes|stack-images|sleep|wake|restart|start|stop|health|destinations|backup-roots|addons|destroyed-addons|drill|restore|import|backups\/:id\/(?:files|content)|platform\/logs|ports|apps$|apps\/:name$)/

/** Every code that the operation may answer with, besides what nobody expected. */
export function problemsOf({ method, url, access, schema }: ApiRoute): ErrorCode[] {
  const path = url.replace(/^\/api\/v1/, '')
  const isWrite = WRITES.has(method)
  const isPublic = access.permission === 'public'
  const takes = [schema.params, schema.querystring, schema.body].some((part) => part !== undefined)
  const isOfApp = access.scope === 'app'
  const ofNouns = CODES.filter((code) =>
    OF_NOUNS.some(([place, codes]) => place.test(path) && codes.test(code)),
  ).filter((code) => isWrite || isOfReads(code))
  const given: (ErrorCode | false)[] = [
    (takes || isWrite) && 'REQUEST_INVALID',
    isWrite && 'REQUEST_TOO_LARGE',
    !isPublic && 'NOT_SIGNED_IN',
    !isPublic && 'TOKEN_INVALID',
    !isPublic && 'PERMISSION_DENIED',
    isWrite && 'ORIGIN_REFUSED',
    isWrite && !isPublic && 'IDEMPOTENCY_KEY_REUSED',
    isWrite && !isPublic && 'IDEMPOTENCY_KEY_BUSY',
    access.fresh === true && 'PROOF_REQUIRED',
    isOfApp && 'APP_NOT_FOUND',
    schema.ifMatch === true && 'PRECONDITION_FAILED',
    OF_NODE.test(path) && 'AGENT_UNREACHABLE',
    OF_NODE.test(path) && 'ENGINE_UNREACHABLE',
    'RATE_LIMITED',
    'INTERNAL',
  ]
  return [...new Set([...given.filter((code) => code !== false), ...ofNouns])]
}

/** A read finds nothing, or what it asks does not answer; it takes nothing and breaks nothing. */
const isOfReads = (code: ErrorCode): boolean =>
  /_NOT_|_GONE$|_UNREACHABLE$|_UNAVAILABLE$|_REFUSED$|^STACK_|^BUILD_SETTINGS|^SOURCE_|_EXPIRED$|_INVALID$|_UPLOAD/.test(
    code,
  )
