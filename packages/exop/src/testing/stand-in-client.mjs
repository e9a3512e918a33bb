/** Runs on a test VM in place of `docker`: hands its arguments to the test and gives back what it answers. */
// Plain JavaScript: it is started hundreds of times, and types would have to be taken out each time.
import { connect } from 'node:net';

const [socketPath, ...argv] = process.argv.slice(2);
const socket = connect({ path: socketPath, allowHalfOpen: true });
socket.write(`${JSON.stringify(argv)}\n`);
if (argv[0] === 'docker' && argv[1] === 'load') process.stdin.pipe(socket);
else socket.end();
let text = '';
socket.setEncoding('utf8');
socket.on('data', (chunk) => {
  text += chunk;
});
socket.once('end', () => {
  const answer = JSON.parse(text);
  process.stdout.write(answer.stdout);
  process.stderr.write(answer.stderr);
  process.exitCode = answer.code;
  process.stdin.destroy();
});
