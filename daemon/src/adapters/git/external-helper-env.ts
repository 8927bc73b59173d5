/** How the helper finds the daemon and says which call of git's it belongs to. */
export const GIT_SOCKET_ENV = 'VASTROX_GIT_SOCKET'
export const GIT_SESSION_ENV = 'VASTROX_GIT_SESSION'
