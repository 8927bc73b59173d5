import { useQuery } from '@tanstack/react-query'
import { sshQuery } from '#features/account/ssh-keys-queries.ts'

/** What opens the shell of a database from somebody's own machine; undefined until it is known where. */
export function useConsoleCommand(addon: string): string | undefined {
  const { data: ssh } = useQuery(sshQuery)
  return ssh && `ssh -t -p ${ssh.port} vastrox@${ssh.host} addons:console ${addon}`
}
