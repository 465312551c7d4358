import { readSdmxCsv, writeSdmxCsv } from '#libs/disseminate';
import { Tally, type VectorResult } from '../vector-runner.js';

/** An SDMX-CSV 2.x data message: what is read and written again is the same text, byte for byte. */
export function run(content: string, fileName: string): VectorResult {
  const tally = new Tally();
  const message = readSdmxCsv(content);
  tally.equal(`${fileName}: text`, writeSdmxCsv(message), content);
  const value = message.components.indexOf('OBS_VALUE');
  const status = message.components.indexOf('OBS_STATUS');
  message.observations.forEach((observation, i) => {
    tally.holds(`row ${i + 1}: a value that is not there has a status other than A`,
      (observation[value] === 'NaN') === (observation[status] !== 'A'));
  });
  return tally;
}
