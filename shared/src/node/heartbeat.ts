import { Socket } from 'node:net'

/** How a process shows its supervisor that its event loop still turns. */
export interface Heart {
  /** What announceReady() says; call it once. */
  announce: () => void
  /** One sign of life; nothing before `announce`, whose first one means "ready". */
  beat: () => void
}

/**
 * Given the value of VASTROX_READY_FD; without, nothing is written. Never blocks: a supervisor that
 * takes nothing any more, or has gone, must not stop the process that only reports to it.
 */
export function openHeart(descriptor: string | undefined): Heart {
  if (descriptor === undefined) return { announce: () => {}, beat: () => {} }
  const socket = new Socket({ fd: Number.parseInt(descriptor, 10), readable: false })
  socket.unref()
  socket.on('error', () => {
    // The supervisor has gone; the socket is destroyed by itself and nobody waits for a beat.
  })
  let announced = false

  return {
    announce() {
      announced = true
      if (socket.writable) socket.write('ready\n')
    },
    beat() {
      // What was not taken yet says already that we live.
      if (announced && socket.writable && socket.writableLength === 0) socket.write('.')
    },
  }
}
