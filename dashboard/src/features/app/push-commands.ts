interface Remote {
  /** The remote without a token, as the API gives it. */
  gitUrl: string
  /** A deploy token, once there is one. */
  token: string | undefined
  branch: string
}

/** The remote with the token as its password, which is how git sends it. */
export function remoteWithToken(gitUrl: string, token: string | undefined): string {
  if (token === undefined) return gitUrl
  const url = new URL(gitUrl)
  url.username = 'git'
  url.password = token
  return url.href
}

/** For a repository that is there already. */
export const pushCommands = ({ gitUrl, token, branch }: Remote): string =>
  [
    `git remote add vastrox ${remoteWithToken(gitUrl, token)}`,
    `git push vastrox HEAD:${branch}`,
  ].join('\n')

/** Makes a folder into a repository first. */
export const startCommands = (branch: string): string =>
  [`git init -b ${branch}`, 'git add .', 'git commit -m "First version"'].join('\n')

/** Tells git, for this server only, which CA signed its certificate. */
export const trustCommand = (gitUrl: string, file: string): string =>
  `git config --global http.${new URL(gitUrl).origin}/.sslCAInfo ${file}`
