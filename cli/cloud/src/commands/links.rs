//! `vitae links`: creates, lists, extends and revokes named links, and erases what is stored about a visitor.

use std::{error::Error, process::ExitCode};

use clap::{Args, Subcommand};
use tokio::runtime::Runtime;
use vitae_cloud::operate::links::{Created, Lifetime, Links as LinksOfStack, Report, now_s, table};
use vitae_links::{address::Address, label::Label, row::LinkRow};

const EXAMPLES: &str = "\
Examples:
  cargo vitae links create \"Acme, J. Doe\"                  a link to the CV, valid for 30 days
  cargo vitae links create Acme --document short.pdf --expires 6w
  cargo vitae links list
  cargo vitae links revoke 8a5bdb4cc151
  cargo vitae links create Acme --stack resume --json | jq -r .url

The URL of a link is printed once, and is not stored. Only you see the label. Everything in site/cv/ can be linked once it is uploaded.
Exit codes: 0 done; 1 failed; 2 wrong usage.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Links {
    #[command(subcommand)]
    command: LinksCommand,
    #[command(flatten)]
    system: super::System,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum LinksCommand {
    /// Create a link for one reader and print its URL
    Create {
        /// Whom it is for, such as "Acme, J. Doe"; only you see it
        #[arg(value_parser = Label::parse)]
        label: Label,
        /// Document in site/cv/ [default: the CV]
        #[arg(long, value_name = "NAME")]
        document: Option<String>,
        /// How long it is valid, such as 12h, 30d or 6w
        #[arg(long, default_value = "30d")]
        expires: Lifetime,
    },
    /// List the links, with their opens
    List,
    /// Show one link
    Show {
        /// Id of the link, or its first characters
        id: String,
    },
    /// Set the expiry of a link, from now
    Extend {
        /// Id of the link, or its first characters
        id: String,
        /// How long it is valid from now, such as 12h, 30d or 6w
        #[arg(long)]
        expires: Lifetime,
    },
    /// Revoke a link at once
    Revoke {
        /// Id of the link, or its first characters
        id: String,
    },
    /// Delete everything that is stored about a visitor's e-mail address
    Forget {
        /// The address
        #[arg(value_parser = Address::parse)]
        address: Address,
    },
}

impl Links {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        let result = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.execute()));
        super::finish("links", result)
    }

    async fn execute(&self) -> Result<(), Box<dyn Error>> {
        let (aws, stack) = self.system.find_as_owner().await?;
        let links = LinksOfStack::find(aws, stack).await?;
        match &self.command {
            LinksCommand::Create { label, document, expires } => {
                let Created { link, url } = links.create(label.clone(), document.as_deref(), *expires).await?;
                if !self.json {
                    println!("{url}");
                    eprintln!("Link {} to {}. This URL is not shown again.", link.id.short(), link.document.name());
                    return Ok(());
                }
                print_json(&Report::new(&link, now_s()).with_url(url))
            }
            LinksCommand::List => {
                let now_s = now_s();
                let reports: Vec<_> = links.list().await?.iter().map(|link| Report::new(link, now_s)).collect();
                if self.json {
                    return print_json(&reports);
                }
                println!("{}", table(&reports));
                Ok(())
            }
            LinksCommand::Show { id } => self.print(&links.show(id).await?),
            LinksCommand::Extend { id, expires } => self.print(&links.extend(id, *expires).await?),
            LinksCommand::Revoke { id } => self.print(&links.revoke(id).await?),
            LinksCommand::Forget { address } => {
                let deleted = links.forget(address).await?;
                if self.json {
                    return print_json(&serde_json::json!({ "deleted": deleted }));
                }
                match deleted {
                    0 => println!("nothing is stored about this address"),
                    1 => println!("1 row deleted"),
                    rows => println!("{rows} rows deleted"),
                }
                Ok(())
            }
        }
    }

    fn print(&self, link: &LinkRow) -> Result<(), Box<dyn Error>> {
        let report = Report::new(link, now_s());
        if self.json {
            return print_json(&report);
        }
        println!("{}", table(&[report]));
        Ok(())
    }
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Box<dyn Error>> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}
