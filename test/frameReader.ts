/** Reads an event stream block by block, as it goes over the wire. */
export interface FrameReader {
  /** The next block without the empty line that ends it; undefined at the end. */
  next: () => Promise<string | undefined>
  /** All blocks to the end. */
  rest: () => Promise<string[]>
  /** Leaves. */
  cancel: () => Promise<void>
}

export function readFrames(response: Response): FrameReader {
  return readAccepted(response, () => true)
}

/** Reads the blocks that hold an event, and no others. */
export function readEvents(response: Response): FrameReader {
  return readAccepted(response, (frame) => /^data:/m.test(frame))
}

function readAccepted(response: Response, accepts: (frame: string) => boolean): FrameReader {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const nextFrame = async (): Promise<string | undefined> => {
    while (!text.includes('\n\n')) {
      const { done, value } = await reader.read()
      if (done) return undefined
      text += value
    }
    const [frame = ''] = text.split('\n\n', 1)
    text = text.slice(frame.length + 2)
    return frame
  }
  const next = async (): Promise<string | undefined> => {
    let frame = await nextFrame()
    while (frame !== undefined && !accepts(frame)) frame = await nextFrame()
    return frame
  }
  return {
    next,
    async rest() {
      const frames: string[] = []
      for (let frame = await next(); frame !== undefined; frame = await next()) frames.push(frame)
      return frames
    },
    cancel: () => reader.cancel(),
  }
}
