interface ErrorKind {
  status: number
  message: string
  /** What the operator can do about it. */
  hint?: string
}

/** Every failure the API reports on purpose. The code is the contract; the words may change. */
export const ERRORS = {
  // request
  REQUEST_INVALID: { status: 400, message: 'The request is not valid.' },
  REQUEST_TOO_LARGE: { status: 413, message: 'The request is larger than is allowed here.' },
  REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  ROUTE_NOT_FOUND: { status: 404, message: 'There is nothing at that address.' },
  LOG_FILTER_INVALID: {
    status: 400,
    message: 'Nothing can be looked for in logs by that.',
    hint: 'A text is looked for as it is; of expressions everything but references and looking ahead or back is understood.',
  },
  LOG_SEARCH_BUSY: {
    status: 503,
    message: 'Too much is being looked for in logs at once.',
    hint: 'Try again in a moment.',
  },
  LOG_UNAVAILABLE: {
    status: 409,
    message: 'What the processes of Vastrox print is not kept where it could be read.',
    hint: 'On the server: vastrox logs --platform.',
  },
  RATE_LIMITED: {
    status: 429,
    message: 'Too many requests.',
    hint: 'Wait a moment and try again.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    message: 'That Idempotency-Key was used for a different request.',
  },
  IDEMPOTENCY_KEY_BUSY: {
    status: 409,
    message: 'The first request with that Idempotency-Key is still under way.',
    hint: 'Wait for its reply, or try again in a moment.',
  },
  PRECONDITION_FAILED: {
    status: 412,
    message: 'Somebody has changed it since you read it.',
    hint: 'Read it again, look at what has changed, and send your change with its ETag.',
  },
  INTERNAL: {
    status: 500,
    message: 'Something went wrong inside Vastrox.',
    hint: 'The log of the daemon has the details: vastrox logs --platform.',
  },

  // base domain
  BASE_DOMAIN_ELSEWHERE: {
    status: 409,
    message: 'The DNS of that domain does not lead here.',
    hint: 'Make the records that are listed, look again, and move then. Whoever knows better says so: --anyway.',
  },
  BASE_DOMAIN_TAKEN: {
    status: 409,
    message: 'An app has that domain, and the dashboard shares its name with no app.',
    hint: 'Take it from the app, or choose a name beneath it that no app has, such as apps.example.com.',
  },
  BASE_DOMAIN_SAME: { status: 409, message: 'The platform is at that domain already.' },
  BASE_DOMAIN_BUSY: {
    status: 409,
    message: 'The platform is being moved to another domain.',
    hint: 'It is done within a minute; vastrox base-domain shows how far it is.',
  },
  BASE_DOMAIN_NO_UNDO: {
    status: 409,
    message: 'There is no move that could be undone.',
    hint: 'A move can be undone for 30 days. After that, move to the old name as to any other.',
  },

  // access
  NOT_SIGNED_IN: { status: 401, message: 'Sign in first.' },
  SIGN_IN_FAILED: { status: 401, message: 'That user name or password is not right.' },
  SIGN_IN_LINK_INVALID: {
    status: 401,
    message: 'That sign-in link was used already or has expired.',
    hint: 'Run `vastrox sign-in-link` on the server for a new one.',
  },
  TOKEN_INVALID: {
    status: 401,
    message: 'That token is not valid.',
    hint: 'It may have expired or been revoked. Create one in the dashboard under Tokens.',
  },
  PERMISSION_DENIED: { status: 403, message: 'You may not do that.' },
  PROOF_REQUIRED: {
    status: 403,
    message: 'Show once more that it is you.',
    hint: 'The dashboard asks for it by itself, and it counts for ten minutes. Who has nothing to show signs in again; without a password, by a new link: vastrox sign-in-link.',
  },
  PROOF_WRONG: { status: 422, message: 'That does not show that it is you.' },
  SECOND_STEP_NEEDED: {
    status: 401,
    message: 'One more step: your second factor.',
    hint: 'A code of your authenticator app, a passkey, or one of your recovery codes.',
  },
  SECOND_STEP_FAILED: {
    status: 401,
    message: 'That is not right, or was used before.',
    hint: 'Each code counts once: wait for the next one. Is the clock of the phone right?',
  },
  SECOND_STEP_ENDED: {
    status: 401,
    message: 'That took too long, or was wrong too often.',
    hint: 'Begin again with the first step.',
  },
  SECOND_FACTOR_REQUIRED: {
    status: 403,
    message: 'Your team asks for a second factor.',
    hint: 'Set one up under Account in the dashboard first.',
  },
  SECOND_FACTOR_NOT_FOUND: { status: 404, message: 'There is no such second factor.' },
  PASSKEYS_UNAVAILABLE: {
    status: 409,
    message: 'Passkeys need a host name for the dashboard, with a certificate that browsers trust.',
    hint: 'Give the dashboard a domain of yours: ./install.sh --base-domain example.com',
  },
  PASSKEY_REFUSED: {
    status: 422,
    message: 'That passkey cannot be taken.',
    hint: 'Try again: it is asked for anew. It must be made on the page of this dashboard.',
  },
  PASSKEY_NOT_FOUND: { status: 404, message: 'You have no such passkey.' },
  PASSKEY_WRONG: { status: 401, message: 'That passkey is not known here.' },
  PASSKEYS_FULL: {
    status: 409,
    message: 'You have as many passkeys as a user may have.',
    hint: 'Remove one that is no longer used.',
  },
  IDENTITY_PROVIDER_NOT_FOUND: { status: 404, message: 'There is no such sign-in provider.' },
  IDENTITY_PROVIDERS_FULL: {
    status: 409,
    message: 'There are as many sign-in providers as may be.',
  },
  IDENTITY_PROVIDER_FAILED: {
    status: 422,
    message: 'The sign-in provider did not answer as it should.',
    hint: 'Look at its address, client id, client secret and redirect address: vastrox sign-in-providers. Private addresses must be allowed: vastrox source:networks.',
  },
  IDENTITY_UNKNOWN: {
    status: 403,
    message: 'That account is not known here.',
    hint: 'Sign in another way and link it under Account, or ask for an invitation.',
  },
  IDENTITY_TAKEN: { status: 409, message: 'That account signs in somebody else here.' },
  IDENTITY_NOT_FOUND: { status: 404, message: 'You have no such linked account.' },
  IDENTITIES_FULL: { status: 409, message: 'You have as many linked accounts as a user may have.' },
  SIGN_IN_TRIP_INVALID: {
    status: 401,
    message: 'This is not where that sign-in began, or it took too long.',
    hint: 'Begin again on the sign-in page, in one browser.',
  },
  CODE_WRONG: {
    status: 422,
    message: 'That code is not right.',
    hint: 'Is the clock of the phone right? A code is good for half a minute.',
  },
  USER_NOT_FOUND: { status: 404, message: 'There is no such user.' },
  USER_NAME_TAKEN: { status: 409, message: 'There is a user of that name already.' },
  USER_DISABLED: {
    status: 403,
    message: 'That user has been disabled.',
    hint: 'Whoever looks after the users of the team can enable them again.',
  },
  LAST_OWNER: {
    status: 409,
    message: 'A team must keep an owner who can sign in.',
    hint: 'Make somebody else an owner first.',
  },
  MEMBER_ALREADY: { status: 409, message: 'You are in that team already.' },
  TEAM_NOT_FOUND: {
    status: 404,
    message: 'You are in no such team, or do not work in it now.',
    hint: 'Change to the team first.',
  },
  TEAM_NAME_TAKEN: { status: 409, message: 'There is a team of that name already.' },
  TEAM_NOT_EMPTY: {
    status: 409,
    message: 'That team still has something or somebody in it.',
    hint: 'Only an empty team can be removed: destroy and purge its apps, and take the others out.',
  },
  TEAMS_FULL: { status: 409, message: 'There are as many teams as there may be.' },
  INVITATION_INVALID: {
    status: 404,
    message: 'That invitation was used already, was revoked or has expired.',
    hint: 'Ask whoever invited you for a new one.',
  },
  INVITATION_NOT_FOUND: { status: 404, message: 'There is no such invitation.' },
  INVITATIONS_FULL: {
    status: 409,
    message: 'The team has as many open invitations as it may have.',
    hint: 'Revoke one that is no longer needed.',
  },
  TOKEN_NOT_FOUND: { status: 404, message: 'There is no such token.' },
  TOKEN_NOT_YOURS: {
    status: 403,
    message: 'Only its own user may rotate a token.',
    hint: 'Whoever looks after the tokens of the team may revoke it.',
  },
  TOKEN_EXPIRED: {
    status: 409,
    message: 'That token has expired.',
    hint: 'Create a new one: what has ended is not brought back.',
  },
  TOKENS_FULL: {
    status: 409,
    message: 'The team has as many tokens as it may have.',
    hint: 'Revoke those that are no longer used.',
  },
  SESSION_NOT_FOUND: { status: 404, message: 'There is no such sign-in.' },
  PASSWORD_TOO_WEAK: {
    status: 422,
    message: 'That password is too easy to guess.',
    hint: 'Use at least 12 characters.',
  },
  SSH_KEY_INVALID: {
    status: 422,
    message: 'That is no SSH public key that can sign in here.',
    hint: 'ssh-keygen -t ed25519 makes one; give the line of its .pub file.',
  },
  SSH_KEY_TAKEN: {
    status: 409,
    message: 'That SSH key is there already.',
    hint: 'A key signs in one user: remove it there first, or make another one.',
  },
  SSH_KEY_NOT_FOUND: { status: 404, message: 'There is no such SSH key.' },
  SSH_KEYS_FULL: {
    status: 409,
    message: 'You have as many SSH keys as a user may have.',
    hint: 'Remove one that is no longer used.',
  },
  SSH_HOST_KEY_INVALID: {
    status: 500,
    message: 'A host key of the SSH server cannot be read.',
    hint: 'Put it back from a backup. Where it is lost for good, move the file away: a new one is made, and every client is warned of it.',
  },
  PASSWORD_WRONG: { status: 422, message: 'The current password is not right.' },
  ORIGIN_REFUSED: { status: 403, message: 'The request came from another site.' },
  HOST_REFUSED: {
    status: 421,
    message: 'The dashboard does not answer to that name.',
    hint: 'Open it at the address that `vastrox sign-in-link` prints. A proxy in front of it is named by `vastrox trusted-proxies:set`.',
  },

  // apps
  APP_NOT_FOUND: { status: 404, message: 'There is no app with that name.' },
  APP_NAME_TAKEN: { status: 409, message: 'Another app already has that name.' },
  APP_NAME_INVALID: {
    status: 422,
    message: 'That name cannot be used for an app.',
    hint: 'Use 2 to 40 lower-case letters, digits or hyphens, beginning with a letter; some names are reserved.',
  },
  APP_NOT_DEPLOYED: {
    status: 409,
    message: 'The app has no release yet.',
    hint: 'Push to it first.',
  },
  APP_STAYS_AWAKE: {
    status: 409,
    message: 'The app cannot be put to sleep now.',
  },
  CONFIRMATION_WRONG: {
    status: 422,
    message: 'The confirmation does not match the name of the app.',
  },
  STARTER_NOT_FOUND: { status: 404, message: 'There is no starter with that name.' },
  APP_NOT_IN_TRASH: {
    status: 404,
    message: 'There is no such app in the trash.',
    hint: '`vastrox trash` shows what is there.',
  },
  APP_IN_TRASH: {
    status: 409,
    message: 'An app stays in the trash for 7 days before it can be purged.',
    hint: 'Until then it can be restored.',
  },
  APP_PURGING: {
    status: 409,
    message:
      'Somebody has asked for the end of this app: it is being removed, and does not come back.',
  },
  PROCESS_NOT_FOUND: { status: 404, message: 'The app has no process with that name.' },
  CONFIG_INVALID: {
    status: 422,
    message: 'The file of settings cannot be applied.',
    hint: 'vastrox apply FILE --dry-run says all that is wrong with it, and where.',
  },
  CONFIG_PLAN_OUTDATED: {
    status: 409,
    message: 'Something has changed since the plan was made: nothing was done.',
    hint: 'Make the plan again and look at it.',
  },
  CONFIG_BUSY: {
    status: 409,
    message: 'A file of settings is being applied already.',
    hint: 'Wait until it is done, then make the plan again.',
  },
  CONFIG_STOPPED: {
    status: 409,
    message: 'Not all of the file could be applied.',
    hint: 'What is done stays. Mend what is named and apply the file again: it goes on from there.',
  },
  PORT_NOT_FOUND: { status: 404, message: 'The app has no such port.' },
  PORT_TAKEN: {
    status: 409,
    message: 'That port of the server is in use.',
    hint: 'Take another one; vastrox exposure shows who has which.',
  },
  PORT_NOT_ALLOWED: {
    status: 403,
    message: 'Apps may not have that port of the server.',
    hint: 'The operator says which ones they may have: vastrox ports:policy:set --ranges.',
  },
  PORTS_TOO_MANY: {
    status: 422,
    message: 'That would be too many ports.',
    hint: 'Remove some first; the operator may raise the number of a team: vastrox ports:policy:set --per-team.',
  },
  ROUTE_PATH_TAKEN: {
    status: 422,
    message: 'Two paths of the app are the same.',
    hint: 'A path leads to one process.',
  },
  ROUTE_REDIRECT_LOOP: {
    status: 422,
    message: 'The redirects lead in a circle.',
    hint: 'Follow them from the address that is named: none may come back to where it was.',
  },
  BASIC_AUTH_USER_NOT_FOUND: { status: 404, message: 'Nobody of that name has a password here.' },
  BASIC_AUTH_USERS_TOO_MANY: { status: 422, message: 'An app may have 50 names with a password.' },
  TRUSTED_PROXY_TOO_WIDE: {
    status: 422,
    message: 'Every visitor would be believed about where they come from.',
    hint: 'Name the networks that your proxies themselves are in.',
  },
  ENV_KEY_INVALID: {
    status: 422,
    message: 'That is not a name for an env variable.',
    hint: 'Use letters, digits and underscores, not beginning with a digit; at most 128 characters.',
  },
  ENV_TOO_LARGE: {
    status: 422,
    message: 'An env value may have 64 KB, all of them together 256 KB.',
  },
  ENV_KEY_NOT_FOUND: { status: 404, message: 'The app has no env variable with that name.' },
  ENV_VALUE_INVALID: {
    status: 422,
    message: 'An env value is text without NUL bytes.',
    hint: 'Encode binary values, for example as base64.',
  },
  ENV_REQUIRED_MISSING: {
    status: 422,
    message: 'The app needs env variables that are not set.',
    hint: 'Set them in the dashboard or with `vastrox env:set <app> KEY=value`, then deploy again.',
  },
  ENV_FILE_INVALID: { status: 422, message: 'The .env text cannot be read.' },
  ENV_NEVER_REVEALED: {
    status: 409,
    message: 'That env variable is never revealed.',
    hint: 'Set it to a new value if nobody knows the old one any more.',
  },
  ENV_REFERENCE_INVALID: {
    status: 422,
    message: 'An env variable refers to a value that there is not.',
    hint: 'Write ${{ env.NAME }}, ${{ group.GROUP.NAME }} or ${{ platform.PUBLIC_URL }}; in text that is not to be filled in, leave the mark "reference" off.',
  },
  ENV_CHANGE_NOT_FOUND: {
    status: 404,
    message: 'There is no such change of env variables, or it is no longer kept.',
  },
  ENV_GROUP_NOT_FOUND: { status: 404, message: 'There is no env group with that name.' },
  ENV_GROUP_NAME_TAKEN: { status: 409, message: 'There is an env group with that name already.' },
  ENV_GROUP_ATTACHED: {
    status: 409,
    message: 'The env group is attached to an app.',
    hint: 'Detach it first: `vastrox env-groups:attach <app>` with the groups that are to stay.',
  },
  ENV_GROUPS_TOO_MANY: { status: 422, message: 'There are too many env groups.' },

  // deployments
  DEPLOYMENT_NOT_FOUND: { status: 404, message: 'There is no such deployment.' },
  DEPLOYMENT_MOVE_INVALID: { status: 409, message: 'The deployment cannot move to that state.' },
  DEPLOYMENT_NOT_CANCELLABLE: {
    status: 409,
    message: 'The deployment is past the point where it can be cancelled.',
  },
  DEPLOYMENT_DOES_NOT_END: {
    status: 503,
    message: 'A deployment of the app cannot be cancelled any more and does not come to its end.',
    hint: 'Run `vastrox status` on the server: it waits for the proxy. Then try again.',
  },
  RELEASE_NOT_FOUND: { status: 404, message: 'There is no such release.' },
  RELEASE_FILE_NOT_FOUND: { status: 404, message: 'The release has no such file.' },
  RELEASE_ENV_GONE: {
    status: 409,
    message: 'The env of that release is no longer kept.',
    hint: 'Roll back to its code only: it runs with the env of now.',
  },
  RELEASE_IMAGE_GONE: {
    status: 409,
    message: 'The image of that release is no longer kept.',
    hint: 'Deploy its commit again instead.',
  },
  STACK_NOT_DETECTED: {
    status: 422,
    message: 'Vastrox does not know how to build this.',
    hint: 'Set stack or rootDirectory in the settings of the app, or add a Dockerfile.',
  },
  BUILD_SETTINGS_INVALID: {
    status: 422,
    message: 'What is said about the build cannot be followed.',
    hint: 'Look at the build settings of the app, vastrox.json and app.json.',
  },
  START_COMMAND_MISSING: {
    status: 422,
    message: 'There is nothing to start.',
    hint: 'Add a Procfile with a line such as `web: node server.js`, or set startCommand in the build settings.',
  },
  BUILD_NOT_GENERATED: {
    status: 409,
    message: 'There is no generated Dockerfile to take over.',
    hint: 'The app brings its own Dockerfile or is an image; or its build is of an older version: deploy it again.',
  },
  SOURCE_UNSAFE: { status: 422, message: 'The source holds something that is not allowed.' },
  SOURCE_TOO_LARGE: {
    status: 413,
    message: 'The source is larger than can be deployed.',
    hint: 'Keep build results, data and media out of the repository.',
  },
  PUSH_TOO_LARGE: { status: 413, message: 'The push is larger than 512 MB.' },
  PUSH_TIMED_OUT: { status: 408, message: 'The push took too long to arrive.' },
  GIT_BUSY: {
    status: 503,
    message: 'Too many pushes and clones are under way.',
    hint: 'Wait a moment and try again.',
  },
  NEWER_PUSH_WON: { status: 409, message: 'A newer push won.' },
  BUILD_FAILED: { status: 422, message: 'The build failed.' },
  DOCKERFILE_REFUSED: {
    status: 422,
    message: 'The Dockerfile asks for something that builds here may not have.',
  },
  BASE_IMAGE_UNAVAILABLE: {
    status: 422,
    message: 'An image that the Dockerfile builds on cannot be had.',
  },
  BUILD_OUT_OF_MEMORY: {
    status: 422,
    message: 'The build ran out of memory.',
    hint: 'Raise the limit for builds, or build with less.',
  },
  BUILD_ENDED_FOR_APPS: {
    status: 503,
    message: 'The build was ended so that the running apps keep their memory.',
    hint: 'Scale apps down, or add memory or swap (./install.sh --swap), then deploy again.',
  },
  BUILD_TIMED_OUT: { status: 422, message: 'The build took too long.' },
  BUILD_CANCELLED: { status: 409, message: 'The build was cancelled.' },
  RELEASE_COMMAND_FAILED: { status: 422, message: 'The release command failed.' },
  HEALTH_CHECK_FAILED: {
    status: 422,
    message: 'The new release did not become healthy in time.',
    hint: 'Read the instance log; the release before it is still live.',
  },
  INSTANCE_EXITED: { status: 422, message: 'The new release stopped right after it was started.' },
  INSTANCE_BINDS_LOOPBACK: {
    status: 422,
    message: 'The app listens on 127.0.0.1 only.',
    hint: 'Listen on 0.0.0.0 (all addresses) instead.',
  },
  ROUTE_SWITCH_FAILED: {
    status: 503,
    message: 'The proxy did not take the new routes in time.',
  },

  // node
  AGENT_UNREACHABLE: {
    status: 503,
    message: 'The agent of the node does not answer.',
    hint: 'Run `vastrox status` on the server.',
  },
  ENGINE_UNREACHABLE: {
    status: 503,
    message: 'Docker does not answer.',
    hint: 'Run `vastrox doctor` on the server.',
  },
  NODE_MEMORY_EXCEEDED: {
    status: 422,
    message: 'The app would take more memory than the server has.',
    hint: 'Use fewer instances, or less memoryBytes for each; an administrator may go beyond it.',
  },
  NODE_MEMORY_LOW: {
    status: 503,
    message: 'The server has too little free memory for a build.',
    hint: 'Scale apps down, or add memory or swap (./install.sh --swap), then deploy again.',
  },
  FENCED: { status: 409, message: 'A newer daemon has taken over.' },
  VERB_NOT_FOUND: { status: 404, message: 'The agent has no such verb.' },
  INSTANCE_NOT_FOUND: { status: 404, message: 'There is no such instance.' },
  INSTANCE_NAME_TAKEN: {
    status: 409,
    message: 'A container with that name exists and belongs to something else.',
  },
  ADDON_NOT_RUNNING: {
    status: 409,
    message: 'The add-on does not run.',
    hint: 'Start it first; vastrox addons:info says why it does not.',
  },
  INSTANCE_START_FAILED: {
    status: 422,
    message: 'The container could not be started.',
    hint: 'The reason is what Docker said; a command that does not exist in the image is the usual one.',
  },
  RUN_TIMED_OUT: { status: 422, message: 'The command took too long and was ended.' },
  RUN_IDLE: {
    status: 422,
    message: 'Nothing was typed or printed for too long, so the command was ended.',
  },
  RUN_INTERRUPTED: {
    status: 503,
    message: 'Vastrox was restarted while the command ran, so it was ended.',
    hint: 'Run it once more.',
  },
  RUN_NOT_FOUND: { status: 404, message: 'There is no such run.' },
  RUN_HAS_ENDED: { status: 409, message: 'The run has ended already.' },
  RUNS_TOO_MANY: {
    status: 429,
    message: 'Too many commands of the app run at the same time.',
    hint: 'Wait until one has ended, or stop one.',
  },
  TERMINAL_NOT_FOUND: {
    status: 404,
    message: 'There is no such terminal.',
    hint: 'It ends with its command, and when nobody has looked at it for a minute. Open another.',
  },
  TERMINALS_TOO_MANY: {
    status: 429,
    message: 'Too many terminals are open.',
    hint: 'Close one of them first.',
  },
  JOB_NOT_FOUND: { status: 404, message: 'The app has no scheduled job with that name.' },
  JOB_NAME_TAKEN: { status: 409, message: 'The app has a scheduled job with that name already.' },
  JOB_INVALID: {
    status: 422,
    message: 'That cannot be a scheduled job.',
    hint: 'A schedule has five fields: minute hour day month weekday, such as `30 2 * * *`; or @hourly, @daily, @weekly, @monthly, @yearly.',
  },
  JOB_OF_SOURCE: {
    status: 409,
    message: 'The job is written down in the source of the app.',
    hint: 'Change vastrox.json or app.json and deploy. Here it can be switched off.',
  },
  IMAGE_NOT_FOUND: { status: 404, message: 'There is no such image.' },
  IMAGE_PREPARE_FAILED: {
    status: 503,
    message: 'The runtime image could not be prepared.',
    hint: 'The server must reach the package mirrors of its distribution and of the language.',
  },
  VOLUME_NOT_FOUND: { status: 404, message: 'There is no such volume.' },
  VOLUME_NAME_TAKEN: { status: 409, message: 'The app already has a volume with that name.' },
  VOLUME_PATH_TAKEN: {
    status: 409,
    message: 'Another volume of the app is mounted there.',
    hint: 'Choose a path that is not inside of, and does not hold, that of another volume.',
  },
  VOLUME_EXCLUSIVE: {
    status: 422,
    message: 'A process with an exclusive volume has one instance.',
    hint: 'Make the volume shared if the app can use it from several instances at the same time.',
  },
  VOLUME_IN_USE: {
    status: 409,
    message: 'The volume is in use.',
    hint: 'Restart or stop the app first: its instances still have the volume.',
  },
  VOLUME_IN_TRASH: {
    status: 409,
    message: 'The volume is kept in the trash for 7 days.',
    hint: 'Restore it, or purge it by name once they are over.',
  },
  VOLUME_PURGING: {
    status: 409,
    message: 'The data of the volume is being removed for good.',
  },
  VOLUME_DATA_MISSING: {
    status: 500,
    message: 'The data of a volume is missing.',
    hint: 'Is the disk there that the volumes lie on? Put the directory back and deploy again; if it is lost, destroy the volume and make another. Vastrox never begins anew where data has been.',
  },
  // backups and the way back
  // add-ons
  NODE_NOT_FOUND: { status: 404, message: 'There is no node with that name.' },
  ADDON_NOT_FOUND: { status: 404, message: 'There is no such add-on.' },
  ADDON_NAME_TAKEN: {
    status: 409,
    message: 'The team already has an add-on with that name.',
    hint: 'Choose another name; one in the trash has given its name up.',
  },
  ADDON_KIND_UNKNOWN: {
    status: 422,
    message: 'There is no add-on of that kind.',
    hint: 'vastrox addons:catalog lists what there is.',
  },
  BACKUP_NOT_FOUND: { status: 404, message: 'There is no such backup.' },
  DESTINATION_UNREACHABLE: {
    status: 502,
    message: 'The destination cannot be reached.',
  },
  BACKUP_NOT_GOOD: {
    status: 409,
    message: 'That backup cannot be restored.',
    hint: 'Choose one that is done and not damaged: vastrox backups.',
  },
  DRILL_NOT_FOUND: { status: 404, message: 'There is no such drill.' },
  RESTORE_NOT_FOUND: { status: 404, message: 'There is no such restore.' },
  RESTORE_FAILED: {
    status: 422,
    message: 'It could not be restored.',
    hint: 'What was there before serves on. Another backup may do: vastrox backups, vastrox backups:drill.',
  },
  RESTORE_UNDER_WAY: {
    status: 409,
    message: 'It is being restored already.',
    hint: 'Wait until that has ended: vastrox restores.',
  },
  RESTORE_NOT_HERE: {
    status: 422,
    message: 'The platform itself is not restored over itself.',
    hint: 'On an empty machine: ./install.sh --restore REPOSITORY.',
  },
  IMPORT_REFUSED: {
    status: 422,
    message: 'That file cannot be imported.',
    hint: 'A dump of the same kind of database (.sql, .sql.gz, pg_dump -Fc, RDB), or a tar for a volume.',
  },
  ADDON_VERSION_UNKNOWN: {
    status: 422,
    message: 'That version of the add-on is not to be had.',
    hint: 'vastrox addons:catalog lists what there is.',
  },
  ADDON_MEMORY_TOO_SMALL: { status: 422, message: 'The add-on needs more memory.' },
  ADDONS_TOO_MANY: { status: 422, message: 'There are as many add-ons as there may be.' },
  ADDON_BUSY: {
    status: 409,
    message: 'What the add-on holds is being replaced.',
    hint: 'Wait until that is done.',
  },
  ADDON_START_FAILED: {
    status: 500,
    message: 'The add-on did not start.',
    hint: 'Its log says more: vastrox addons:logs. With more memory: vastrox addons:resize.',
  },
  ADDON_COMMAND_FAILED: {
    status: 500,
    message: 'The server of the add-on refused what it was asked.',
    hint: 'Its log says more: vastrox addons:logs.',
  },
  ADDON_ATTACHED: { status: 409, message: 'The add-on is attached to an app.' },
  ADDON_NOT_ATTACHED: { status: 404, message: 'The add-on is not attached to that app.' },
  ADDON_VARIABLE_TAKEN: {
    status: 409,
    message: 'The app already has a variable of that name.',
    hint: 'Unset it, or attach the add-on with another prefix.',
  },
  ADDON_NO_CONSOLE: { status: 422, message: 'The add-on has no console.' },
  ADDON_IN_TRASH: {
    status: 409,
    message: 'The add-on is kept in the trash for 7 days.',
    hint: 'Restore it, or purge it by name once they are over.',
  },
  ADDON_PURGING: { status: 409, message: 'The data of the add-on is being removed for good.' },
  ADDON_EXCEPTION_INVALID: {
    status: 422,
    message: 'That is not an address that an add-on can be opened to.',
    hint: 'Name one address, or a network of at most 256 addresses.',
  },
  ENV_KEY_OF_ADDON: {
    status: 409,
    message: 'An add-on gives the app that variable.',
    hint: 'Detach the add-on, or attach it with another prefix.',
  },

  VOLUME_NOT_EMPTY: {
    status: 409,
    message: 'The volume has something in it.',
    hint: 'Restore into a new volume, or into a folder of this one.',
  },

  // backups
  DESTINATION_REFUSED: {
    status: 422,
    message: 'Backups may not be kept there.',
    hint: 'What lies on this server or in its own network is allowed by root: vastrox destinations allow <directory or address>.',
  },
  DESTINATION_LOCKED: {
    status: 409,
    message: 'Somebody else works with the destination.',
    hint: 'Wait for the other server. A lock that was left behind counts no more after half an hour.',
  },
  DESTINATION_DAMAGED: {
    status: 500,
    message: 'Something at the destination is damaged.',
    hint: 'Verify the destination: it says which backups are affected.',
  },
  BACKUP_TOOL_MISSING: {
    status: 500,
    message: 'The server has no restic.',
    hint: 'apt-get install restic openssh-client',
  },
  BACKUP_FAILED: { status: 500, message: 'The backup could not be made.' },
  BACKUP_UNDER_WAY: { status: 409, message: 'That backup is being made already.' },
  RESTORE_DIFFERS: {
    status: 500,
    message: 'What was restored is not what the backup says.',
  },
  RESTORE_TOO_LARGE: { status: 507, message: 'There is not enough room to restore it.' },
  RESTORE_FOLDER_TAKEN: { status: 409, message: 'The volume has a folder of that name already.' },
  DOMAIN_NOT_FOUND: { status: 404, message: 'The app has no such domain.' },
  DOMAIN_TAKEN: {
    status: 409,
    message: 'That host name is taken on this server.',
    hint: 'If the domain is yours, add it once more and say that you will prove it (--prove): a TXT record then decides.',
  },
  DOMAIN_RESERVED: { status: 422, message: 'That host name belongs to Vastrox itself.' },
  DOMAIN_IS_SUFFIX: {
    status: 422,
    message: 'Names are registered under that one: it is nobody’s own.',
    hint: 'Add a name of your own, such as example.co.uk.',
  },
  DOMAIN_REDIRECT_INVALID: { status: 422, message: 'The domain cannot be used like that.' },
  DOMAIN_MOVE_REFUSED: {
    status: 409,
    message: 'The domain cannot be moved there.',
    hint: 'Deploy the other app first: then not one request is lost.',
  },
  IMAGE_REFERENCE_INVALID: {
    status: 422,
    message: 'That is not the name of an image.',
    hint: 'Write it as name:tag, team/name:tag or registry.example/team/name@sha256:…',
  },
  IMAGE_REFERENCE_REFUSED: {
    status: 422,
    message: 'Images are not fetched from addresses inside this network.',
    hint: 'An administrator may allow the registry on the server: vastrox registry --allow <host>.',
  },
  REPOSITORY_URL_INVALID: { status: 422, message: 'That is not the address of a repository.' },
  EXTERNAL_SOURCE_NOT_FOUND: {
    status: 404,
    message: 'The app is not made of a repository elsewhere.',
    hint: 'Connect one on its Source page, or with vastrox source:connect.',
  },
  HOST_NOT_FOUND: {
    status: 422,
    message: 'The host was not found.',
    hint: 'Look at how it is spelled, and at the DNS of this server.',
  },
  ADDRESS_REFUSED: {
    status: 422,
    message: 'That address may not be reached from here.',
    hint: 'A private network is reached once an operator has allowed it: vastrox source:networks.',
  },
  HOST_UNREACHABLE: {
    status: 502,
    message: 'The host could not be reached.',
    hint: 'Try again later; look at the firewall of both sides.',
  },
  REPOSITORY_REFUSED: {
    status: 422,
    message: 'The host does not let us read that repository.',
    hint: 'Look at its address, at whether the deploy key was added to it, or give another token.',
  },
  REPOSITORY_REF_NOT_FOUND: {
    status: 422,
    message: 'The repository has no such branch or tag.',
  },
  HOST_KEY_CHANGED: {
    status: 409,
    message: 'The host shows another key than the first time.',
    hint: 'Somebody may stand in between. Where the host says that it has a new key, forget the old one: vastrox source:forget-host-key.',
  },
  REMOTE_SOURCE_NOT_FOUND: {
    status: 404,
    message: 'The app is not made of a folder on another server.',
    hint: 'Connect one on its Source page, or with vastrox remote:connect.',
  },
  REMOTE_FOLDER_REFUSED: {
    status: 422,
    message: 'The folder on the other server cannot be used.',
    hint: 'Look at its path, and at what the user may read there.',
  },
  REMOTE_FOLDER_CHANGING: {
    status: 409,
    message: 'The folder on the other server was changed while it was read.',
    hint: 'It is read again by itself where it is pulled by the clock; otherwise try again.',
  },
  GIT_HOST_REFUSED: {
    status: 422,
    message: 'The Git host refuses what was asked of it.',
    hint: 'Look at what the token or App may do there.',
  },
  GIT_ACCOUNT_NOT_FOUND: { status: 404, message: 'There is no such account at a Git host.' },
  GIT_ACCOUNT_NOT_CONNECTED: {
    status: 409,
    message: 'Nobody has agreed to that account at its Git host yet.',
    hint: 'Follow the link that it was added with; a GitHub App has to be installed too.',
  },
  GIT_SIGN_IN_EXPIRED: {
    status: 400,
    message: 'That way back from a Git host is not known, or it is too late.',
    hint: 'Add the account once more.',
  },
  WEBHOOK_NOT_FOUND: { status: 404, message: 'There is no webhook at that address.' },
  WEBHOOK_SIGNATURE_WRONG: {
    status: 401,
    message: 'The webhook is not signed with the secret of this app.',
    hint: 'Enter the secret at the Git host again, or make a new one: vastrox webhooks:secret.',
  },
  WEBHOOK_INVALID: { status: 400, message: 'The webhook cannot be read.' },
  CHANNEL_NOT_FOUND: { status: 404, message: 'There is no such channel.' },
  CHANNELS_FULL: {
    status: 409,
    message: 'The team has as many channels as it may have.',
    hint: 'Remove one that is no longer used.',
  },
  CHANNEL_KIND_UNKNOWN: { status: 422, message: 'There is no such kind of channel.' },
  CHANNEL_SETTINGS_INVALID: {
    status: 422,
    message: 'The settings of the channel are not valid.',
  },
  CHANNEL_BUSY: {
    status: 409,
    message: 'The channel was sent as many messages within this minute as it may be.',
    hint: 'Try again in a minute.',
  },
  ALERT_NOT_FOUND: { status: 404, message: 'There is no such alert.' },
  ALERT_RULE_NOT_FOUND: {
    status: 404,
    message: 'There is no such rule of alerts.',
    hint: 'vastrox alert-rules lists them.',
  },
  ALERT_RULES_FULL: {
    status: 409,
    message: 'The team has as many rules of alerts as it may have.',
    hint: 'Remove one that is no longer used.',
  },
  ALERT_RULE_BUILT_IN: {
    status: 409,
    message: 'That of a built-in rule cannot be changed.',
    hint: 'Change its limits, or switch it off and add one of your own.',
  },
  ALERT_CONDITION_INVALID: { status: 422, message: 'Such a condition cannot be watched.' },
  SILENCE_NOT_FOUND: { status: 404, message: 'There is no such silence, or it has ended.' },
  SILENCES_FULL: {
    status: 409,
    message: 'The team has as many silences as it may have.',
    hint: 'Remove one, or wait until one has ended.',
  },
  LOG_DRAIN_NOT_FOUND: { status: 404, message: 'There is no such log drain.' },
  LOG_DRAINS_FULL: {
    status: 409,
    message: 'The team has as many log drains as it may have.',
    hint: 'Remove one that is no longer used.',
  },
  LOG_DRAIN_INVALID: {
    status: 422,
    message: 'That is nowhere that logs can be sent on to.',
    hint: 'syslog: logs.example.com:6514, or tcp://10.0.0.5:514 in a network that an operator has allowed. http: an https address.',
  },
  DRAIN_UNREACHABLE: {
    status: 502,
    message: 'Where logs are sent on to does not take them.',
  },
  OUTGOING_WEBHOOK_NOT_FOUND: { status: 404, message: 'There is no such outgoing webhook.' },
  OUTGOING_WEBHOOKS_FULL: {
    status: 409,
    message: 'The team has as many outgoing webhooks as it may have.',
    hint: 'Remove one that is no longer used.',
  },
  OUTGOING_WEBHOOK_OFF: {
    status: 409,
    message: 'The outgoing webhook is switched off.',
    hint: 'Switch it on first: vastrox hooks:enable.',
  },
  CRASH_NOT_FOUND: {
    status: 404,
    message: 'There is no such crash.',
    hint: 'Of each app the last 50 are kept: vastrox crashes <app>.',
  },
  UPTIME_CHECK_NOT_FOUND: { status: 404, message: 'There is no such uptime check.' },
  UPTIME_CHECKS_FULL: {
    status: 409,
    message: 'The team has as many uptime checks as it may have.',
    hint: 'Remove one that is no longer needed: vastrox uptime:remove.',
  },
  UPTIME_CHECK_OF_APP: {
    status: 409,
    message: 'That check belongs to an app, and stays as long as the app does.',
    hint: 'Switch it off: vastrox uptime:off <app>.',
  },
  OUTGOING_DELIVERY_NOT_FOUND: {
    status: 404,
    message: 'There is no such delivery.',
    hint: 'Of each webhook the last 500 are kept.',
  },
  DELIVERY_NOT_FOUND: { status: 404, message: 'There is no such delivery.' },
  IMAGE_SOURCE_NOT_FOUND: {
    status: 404,
    message: 'The app is not made of an image.',
    hint: 'Deploy one first: vastrox deploy <app> --image <name>.',
  },
  REGISTRY_HOST_INVALID: {
    status: 422,
    message: 'That is not the host of an image registry.',
    hint: 'Write it as registry.example.com or registry.example.com:5000, without https://.',
  },
  REGISTRY_NOT_FOUND: { status: 404, message: 'Nothing is stored for that registry.' },
  IMAGE_PULL_FAILED: {
    status: 422,
    message: 'The image could not be fetched.',
    hint: 'Look at the name, the tag and the credentials, and that the server reaches the registry.',
  },
  ADDRESSES_EXHAUSTED: { status: 503, message: 'No free network address is left for the app.' },
  DISK_LOW: {
    status: 507,
    message: 'The disk of the server is nearly full: nothing new is taken.',
    hint: 'Free some space: `vastrox disk` shows what takes it, `vastrox disk:plan` what can go. What runs goes on; roll back, stop and destroy work.',
  },
  CLEAN_UP_PLAN_CHANGED: {
    status: 409,
    message: 'What can go is not what the plan said any more: nothing was removed.',
    hint: 'Look at the plan again: `vastrox disk:plan`.',
  },
  CLEAN_UP_RUNNING: {
    status: 409,
    message: 'A clean-up is under way already.',
    hint: 'Look again in a minute.',
  },
  DISK_FULL: {
    status: 507,
    message: 'The disk of the server is full.',
    hint: 'Free some space: `vastrox disk` shows what takes it, `vastrox disk:plan` what can go.',
  },

  // firewall
  FIREWALL_UNAVAILABLE: {
    status: 503,
    message: 'This machine has no firewall that Vastrox could use.',
    hint: 'Install nftables (apt-get install nftables), and use a kernel that has nf_tables.',
  },
  FIREWALL_REFUSED: {
    status: 422,
    message: 'The rules were not loaded; those before are still in force.',
  },
  FIREWALL_CONFIRM_NEEDED: {
    status: 409,
    message: 'That closes something that is open, so it has to be confirmed.',
    hint: 'Apply it with a time to confirm it in; without a confirmation the rules before come back.',
  },
  FIREWALL_RULE_NOT_FOUND: { status: 404, message: 'There is no such rule.' },
  FIREWALL_RULE_INVALID: { status: 422, message: 'That is no rule that the firewall can have.' },
  FIREWALL_SET_NOT_FOUND: { status: 404, message: 'There is no such set.' },
  FIREWALL_CHANGE_PENDING: {
    status: 409,
    message: 'A change of the firewall waits for its confirmation.',
    hint: 'Confirm it or take it back first: vastrox firewall:confirm, vastrox firewall:revert.',
  },
  FIREWALL_CONNECTION_OLD: {
    status: 409,
    message: 'Only a connection that was made after the change can confirm it.',
    hint: 'Open another ssh session, or reload the dashboard in another browser, and confirm it there.',
  },
  FIREWALL_CUTS_OPERATOR: {
    status: 409,
    message: 'That would cut somebody off who is working on this machine.',
    hint: 'Apply the rules by hand once they are done; then the change goes back unless it is confirmed.',
  },
  BAN_NOT_FOUND: { status: 404, message: 'There is no such ban.' },
  BAN_REFUSED: {
    status: 422,
    message: 'That address is never banned.',
    hint: 'It is on the allow-list, a trusted proxy, this machine, or where an operator works.',
  },
  FIREWALL_NOT_PENDING: {
    status: 409,
    message: 'That change of the firewall does not wait for a confirmation.',
    hint: 'The time was over and the rules before are back, or it was confirmed already. Apply it again.',
  },

  // uploads
  ARCHIVE_REFUSED: { status: 422, message: 'The archive cannot be deployed.' },
  ARCHIVE_TOO_LARGE: {
    status: 413,
    message: 'The archive is larger than may be uploaded.',
    hint: 'Leave build results, data and media out of it.',
  },
  UPLOAD_NAMES_INVALID: {
    status: 422,
    message: 'Some of the uploaded names cannot be deployed.',
    hint: 'Names must be UTF-8. Rename the file, or remove it.',
  },
  UPLOAD_CHANGED: {
    status: 409,
    message: 'A file changed while it was being read.',
    hint: 'Publish again once the upload has ended.',
  },
  UPLOAD_UNCHANGED: { status: 409, message: 'Nothing is different from the live release.' },
  UPLOAD_INCOMPLETE: {
    status: 409,
    message: 'A file was not uploaded to its end.',
    hint: 'Upload it again, or publish with --incomplete to take it as it is.',
  },
  UPLOAD_BUSY: { status: 409, message: 'The uploads are being published already.' },
  UPLOAD_TOO_SLOW: {
    status: 408,
    message: 'The upload came too slowly, and was ended.',
    hint: 'Send it again over SFTP or FTPS, where it can be resumed.',
  },
  UPLOAD_SESSIONS_FULL: {
    status: 429,
    message: "Too many clients have the app's files open.",
    hint: 'Close one of them: 16 may be connected to an app.',
  },
  UPLOAD_FILE_NOT_FOUND: { status: 404, message: 'There is no such file.' },
  UPLOAD_FILE_REFUSED: { status: 422, message: 'That cannot be done with this file.' },
  UPLOAD_QUOTA_EXCEEDED: {
    status: 413,
    message: "The app's files would take more than they may.",
    hint: 'Remove what is not needed; data belongs into a volume.',
  },
  RELEASE_SOURCE_GONE: {
    status: 409,
    message: 'The source of the live release is not kept any more.',
  },

  // certificates
  CERTIFICATE_NOT_FOUND: { status: 404, message: 'There is no such certificate.' },
  CERTIFICATE_UNREADABLE: {
    status: 422,
    message: 'That is not a certificate in PEM.',
    hint: 'Give the file that begins with -----BEGIN CERTIFICATE-----, the leaf first.',
  },
  CERTIFICATE_KEY_UNREADABLE: {
    status: 422,
    message: 'The private key cannot be read.',
    hint: 'Give it in PEM and without a pass phrase: openssl pkey -in key.pem removes one.',
  },
  CERTIFICATE_KEY_WRONG: {
    status: 422,
    message: "The private key is not the certificate's.",
    hint: 'Both come in pairs: look for the key that the certificate was ordered with.',
  },
  CERTIFICATE_CHAIN_BROKEN: {
    status: 422,
    message: 'The chain of the certificate is broken.',
    hint: 'The leaf comes first, then the certificate that signed it, and so on.',
  },
  CERTIFICATE_EXPIRED: {
    status: 422,
    message: 'The certificate is not valid now.',
    hint: 'Give one that has begun and has not expired.',
  },
  CERTIFICATE_UNUSABLE: {
    status: 422,
    message: 'No server can show the certificate with this key.',
    hint: 'Its key may be too short, or signed in a way that is no longer safe: order it anew, RSA with 2048 bits or more, or ECDSA.',
  },
  CERTIFICATE_WITHOUT_NAMES: {
    status: 422,
    message: 'The certificate names no host.',
    hint: 'Browsers go by its subject alternative names; the common name alone is not read.',
  },
  CERTIFICATE_NOT_WANTED: {
    status: 409,
    message: 'No certificate is ordered for that host.',
    hint: 'Add the domain to an app first: vastrox domains:add.',
  },
  ISSUER_NOT_FOUND: { status: 404, message: 'There is no issuer with that name.' },
  ISSUER_NAME_TAKEN: { status: 409, message: 'There is an issuer with that name.' },
  ISSUER_UNREACHABLE: {
    status: 422,
    message: "The issuer's directory cannot be read.",
    hint: 'Check the address; for a CA of your own give the certificate that its HTTPS is signed by.',
  },
  ISSUER_BINDING_MISSING: {
    status: 422,
    message: 'This issuer takes only accounts of its customers (EAB).',
    hint: 'Give the key id and the HMAC key that it shows in its console.',
  },
  DNS_PROVIDER_NOT_FOUND: { status: 404, message: 'There is no DNS provider for that zone.' },
  DNS_PROVIDER_FAILED: {
    status: 502,
    message: 'The DNS provider did not take the record.',
    hint: 'Check its settings: vastrox dns-providers:test.',
  },

  // the machine
  EXPOSURE_TEST_UNAVAILABLE: {
    status: 503,
    message: 'Ports cannot be tested from outside on this machine.',
    hint: 'What is worked out is shown all the same. Install iproute2 and util-linux, and let the agent have CAP_SYS_ADMIN and CAP_NET_ADMIN.',
  },
  EXPOSURE_NOT_FOUND: {
    status: 404,
    message: 'Nothing answers at that port.',
    hint: 'vastrox exposure lists what does.',
  },
  EXPOSURE_NEEDED: {
    status: 409,
    message: 'That port is one of Vastrox’s own: without it nobody reaches your apps or you.',
    hint: 'On the Firewall page you can say who may reach it.',
  },
  EXPOSURE_FENCED: {
    status: 409,
    message: 'A rule fences that port already.',
    hint: 'Rules keep nobody out while the firewall observes: let it enforce.',
  },
  EXPOSURE_TEST_RUNNING: {
    status: 409,
    message: 'The ports are being tested already.',
    hint: 'Wait a moment; the page shows what came of it.',
  },

  // backups
  DESTINATION_NOT_FOUND: {
    status: 404,
    message: 'There is no destination with that name.',
    hint: 'vastrox destinations lists those that there are.',
  },
  DESTINATION_MISSING: {
    status: 409,
    message: 'It is not said where backups are to be kept.',
    hint: 'Add a destination, or say which one is the default: vastrox destinations:add.',
  },
  DESTINATION_NAME_TAKEN: {
    status: 409,
    message: 'Another destination has that name.',
  },
  DESTINATION_KIND_UNKNOWN: {
    status: 422,
    message: 'There is no such kind of destination.',
  },
  DESTINATION_SETTINGS_INVALID: {
    status: 422,
    message: 'The settings of the destination are not valid.',
  },
  DESTINATION_IN_USE: {
    status: 409,
    message: 'The destination is in use.',
  },
  DESTINATION_OTHER_REPOSITORY: {
    status: 409,
    message: 'There is another repository at that place than before.',
    hint: 'Backups that were made before are where it was: put the old settings back, or add this place as a destination of its own.',
  },
  DESTINATION_KEY_WRONG: {
    status: 409,
    message: 'The repository is opened by another key.',
    hint: 'Is it the folder of another installation? Its key was shown when it was made.',
  },
  DESTINATION_FULL: {
    status: 507,
    message: 'The destination is full.',
    hint: 'Make room there, or remove backups that are not needed any more.',
  },
  BACKUP_SUBJECT_NOT_FOUND: {
    status: 404,
    message: 'There is nothing of that name to back up.',
    hint: 'Name it addon:shop-db, volume:shop/uploads, app:shop or platform. A volume can be backed up once it has been used.',
  },
  BACKUP_NOT_READY: {
    status: 409,
    message: 'That cannot be done with the backup as it is now.',
  },
  BACKUP_KEPT: {
    status: 409,
    message: 'The backup is kept.',
    hint: 'Let it go first: vastrox backups:keep ID --off.',
  },
  BACKUP_TOO_MANY: {
    status: 503,
    message: 'Too many backups wait already.',
    hint: 'Wait until some are done.',
  },
  BACKUP_OTHER_INSTALLATION: {
    status: 409,
    message: 'Another server that was restored from these backups stores there now.',
    hint: 'Two servers must not be the same installation: switch one of them off. Where this is the one that stays, add another destination.',
  },
  BACKUP_TOO_SMALL: {
    status: 422,
    message: 'The backup is much smaller than the one before.',
    hint: 'Look whether something is missing. Where that is right: back up once more with --allow-smaller.',
  },
  BACKUP_DUMP_FAILED: {
    status: 422,
    message: 'The tool that writes the dump failed.',
  },
  BACKUP_DIGEST_WRONG: {
    status: 500,
    message: 'What was stored is not what was sent.',
    hint: 'Check the destination: vastrox destinations:check.',
  },
  BACKUP_CANCELLED: {
    status: 409,
    message: 'The backup was cancelled.',
  },
  BACKUP_TIMED_OUT: {
    status: 504,
    message: 'The backup took longer than it may.',
    hint: 'Is the destination slow, or its upload limit low?',
  },
  BACKUP_SCHEDULE_NOT_FOUND: {
    status: 404,
    message: 'There is no such schedule of backups.',
  },
  BACKUP_SCHEDULE_EXISTS: {
    status: 409,
    message: 'That is backed up to that destination by a schedule already.',
    hint: 'Change that schedule, or choose another destination.',
  },
  BACKUP_SCHEDULE_INVALID: {
    status: 422,
    message: 'The schedule is not valid.',
  },

  // state
  DATABASE_MISSING: {
    status: 500,
    message: 'The data directory is there, but its database is missing.',
    hint: 'Put the database back, or restore a backup. Vastrox never starts anew over existing data.',
  },
  DATABASE_CORRUPT: {
    status: 500,
    message: 'The database is damaged.',
    hint: 'Restore a backup. Vastrox never starts anew over existing data.',
  },
  DATABASE_NEWER: {
    status: 500,
    message: 'The database was written by a newer version of Vastrox.',
    hint: 'Install that version or a later one.',
  },
  MASTER_KEY_MISSING: {
    status: 500,
    message: 'The data directory is there, but its master key is missing.',
    hint: 'Put master.key back: what is sealed with it can be read by nothing else.',
  },
  MASTER_KEY_INVALID: {
    status: 500,
    message: 'The master key cannot be used.',
    hint: 'Put back the master.key that this installation was made with, readable by its owner only, in a directory that only its owner can enter.',
  },
  MASTER_KEY_GIVEN: {
    status: 409,
    message: 'The master key comes from outside of Vastrox, so it is changed there.',
  },
  SECRETS_ROTATING: {
    status: 409,
    message: 'Stored secrets are being sealed with a new master key already.',
    hint: '`vastrox secrets` says how far it is.',
  },
  AUDIT_CHAIN_BROKEN: {
    status: 500,
    message: 'The audit log was changed from outside.',
    hint: 'Compare the database with a backup: an event was edited or removed.',
  },
  SECRET_UNREADABLE: {
    status: 500,
    message: 'A stored secret cannot be decrypted with this master key.',
  },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERRORS

/** An expected failure. Anything else that is thrown is a bug and becomes a 500. */
export class CodedError extends Error {
  readonly code: ErrorCode
  readonly details: Record<string, unknown>

  /** `details.reason`, where there is one, is a one-line sentence that people may see. */
  constructor(code: ErrorCode, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(ERRORS[code].message, options)
    this.name = 'CodedError'
    this.code = code
    this.details = details
  }
}

/** One line for people: what happened and, where it is known, why. */
export function sayError(error: unknown): string {
  if (!(error instanceof CodedError)) return ERRORS.INTERNAL.message
  const { reason } = error.details
  return typeof reason === 'string' ? reason : error.message
}

export const hintOf = (code: ErrorCode): string | undefined => {
  const kind: ErrorKind = ERRORS[code]
  return kind.hint
}
