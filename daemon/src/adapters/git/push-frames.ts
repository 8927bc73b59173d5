/** How a hook finds the daemon and says which push it belongs to. */
export const PUSH_SOCKET_ENV = 'VASTROX_PUSH_SOCKET'
export const PUSH_ID_ENV = 'VASTROX_PUSH_ID'

/**
 * The wire of push.sock. Hook to daemon: the push id and a newline, then git's bytes as they are.
 * Daemon to hook: frames of one byte (1 stdout, 2 stderr, 0 exit with the one byte that follows), a
 * length of 4 bytes and the payload.
 */
export const FRAME_HEAD_BYTES = 5

export function frame(target: 0 | 1 | 2, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head.writeUInt8(target, 0)
  head.writeUInt32BE(payload.length, 1)
  return Buffer.concat([head, payload])
}
