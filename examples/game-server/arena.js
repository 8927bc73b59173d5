/** Who is where on a small field: the rules of the game, without a network. */
export function createArena(width = 40, height = 20) {
  const players = new Map()

  return {
    join(name) {
      if (!/^[A-Za-z0-9_]{1,16}$/.test(name)) return 'names have 1 to 16 letters and digits'
      if (players.has(name)) return `${name} is here already`
      players.set(name, { x: Math.floor(width / 2), y: Math.floor(height / 2) })
      return undefined
    },

    leave: (name) => players.delete(name),

    move(name, way) {
      const at = players.get(name)
      const [dx, dy] = STEPS[way] ?? []
      if (!at || dx === undefined) return undefined
      at.x = Math.max(0, Math.min(width - 1, at.x + dx))
      at.y = Math.max(0, Math.min(height - 1, at.y + dy))
      return { ...at }
    },

    list: () => [...players].map(([name, { x, y }]) => `${name} ${x},${y}`),
  }
}

const STEPS = { n: [0, -1], s: [0, 1], w: [-1, 0], e: [1, 0] }
