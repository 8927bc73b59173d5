/** Names that only Vastrox sets. */
export const RESERVED_ENV_PREFIX = 'VASTROX_'

interface Running {
  appName: string
  releaseNumber: number
  commitSha: string | null
  /** The best address of the app. */
  publicUrl: string
}

/** What Vastrox tells each instance. The user's env goes over it; VASTROX_ names cannot be set by users. */
export const platformEnv = ({
  appName,
  releaseNumber,
  commitSha,
  publicUrl,
}: Running): Record<string, string> => ({
  VASTROX_APP: appName,
  VASTROX_RELEASE: `v${releaseNumber}`,
  PUBLIC_URL: publicUrl,
  ...(commitSha === null
    ? {}
    : { VASTROX_COMMIT: commitSha, SOURCE_VERSION: commitSha, GIT_REV: commitSha }),
})
