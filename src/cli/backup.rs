//! `xiaoer export` and `xiaoer restore`.

use std::fs::File;
use std::io::{BufReader, BufWriter};

use anyhow::Context as _;
use xiaoer::db;

use super::args::BackupFile;
use super::local::Place;
use super::log::say;

pub(super) async fn export(place: &Place, to: &BackupFile) -> anyhow::Result<()> {
    let (db, _failed) = place.database()?;
    // A backup cut short must never look like one: it gets its name when it is whole.
    let part = to.file.with_extension("part");
    let file = File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
    let mut out = BufWriter::new(file);
    let records = db::export(&*db, &mut out).await?;
    out.into_inner().map_err(|e| e.into_error())?.sync_all()?;
    std::fs::rename(&part, &to.file)?;
    say(&format!("{records} 条记录已写入 {}；密钥文件不在其中，请另行保管", to.file.display()));
    Ok(())
}

pub(super) async fn restore(place: &Place, from: &BackupFile) -> anyhow::Result<()> {
    let file = File::open(&from.file).with_context(|| format!("cannot read {}", from.file.display()))?;
    let (db, _failed) = place.database()?;
    let records = db::restore(&*db, &mut BufReader::new(file)).await?;
    say(&format!("已恢复 {records} 条记录到 {}", place.data.display()));
    Ok(())
}
