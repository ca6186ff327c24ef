import { connect } from 'node:net'

// Run by run.ts: takes a whole response as fast as it comes, and tells how long it took and how much it was.
const port = Number(process.argv[2])
const socket = connect(port, '127.0.0.1')
let begin = 0
let bytes = 0
socket.on('data', (chunk) => {
  begin ||= performance.now()
  bytes += chunk.length
  // The end of a chunked response. Some servers keep the connection, whatever they are asked.
  if (!chunk.subarray(-5).equals(END)) return
  process.send?.({ time: performance.now() - begin, bytes })
  socket.destroy()
})
const END = Buffer.from('0\r\n\r\n')
socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n')
