/** Who has left, or was never there. */
export const NOWHERE = -1

/**
 * Who is here now, for what comes and goes with every request. Not a Set or Map: whenever one of those makes
 * a new table, the old one points to it and still to all whom it held, and once the collector has moved a
 * dead table among the old, whoever was in it or its successors stays until all is collected (decision 255).
 */
export class Roll<Member> {
  private readonly places: (Member | undefined)[] = []
  private readonly free: number[] = []

  /** Gives the place, to be given back once: it is another's soon. */
  enter(member: Member): number {
    const place = this.free.pop() ?? this.places.length
    this.places[place] = member
    return place
  }

  /** Gives what whoever has left keeps instead of his place. */
  leave(place: number): typeof NOWHERE {
    if (place === NOWHERE) return NOWHERE
    this.places[place] = undefined
    this.free.push(place)
    return NOWHERE
  }

  get size(): number {
    return this.places.length - this.free.length
  }

  /** Who leaves meanwhile is passed over; who enters may be. */
  *[Symbol.iterator](): Generator<Member> {
    for (let place = 0; place < this.places.length; place += 1) {
      const member = this.places[place]
      if (member !== undefined) yield member
    }
  }
}
